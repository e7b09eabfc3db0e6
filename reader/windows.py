"""Long texts are read in windows of whole sentences; every character stands in exactly one window."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from agent.sentences import Offsets, sentences


def _split_long(sentence: Offsets, starts: Sequence[int], limit: int) -> list[Offsets]:
    """Cuts a sentence of more than `limit` tokens at token borders; `starts` are its tokens' offsets."""
    cuts = [sentence[0], *starts[limit::limit], sentence[1]]
    return [(a, b) for a, b in itertools.pairwise(cuts) if a < b]


def windows(text: str, token_starts: Sequence[int], limit: int) -> list[Offsets]:
    """Offsets of windows of at most `limit` tokens, cut between sentences where that is possible.

    `token_starts` are the rising offsets of the text's tokens. An empty text gives one empty window.
    """
    if len(token_starts) <= limit:
        return [(0, len(text))]
    result: list[Offsets] = []
    open_start, open_tokens, token = 0, 0, 0
    for start, end in sentences(text):
        first = token
        while token < len(token_starts) and token_starts[token] < end:
            token += 1
        count = token - first
        if open_tokens and open_tokens + count > limit:
            result.append((open_start, start))
            open_start, open_tokens = start, 0
        if count > limit:
            pieces = _split_long((open_start, end), token_starts[first:token], limit)
            result.extend(pieces[:-1])
            open_start, open_tokens = pieces[-1][0], count - limit * (len(pieces) - 1)
        else:
            open_tokens += count
    result.append((open_start, len(text)))
    return result
