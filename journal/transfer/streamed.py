"""JSON files of any length, read forwards: the objects of some lists, one at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

import ijson  # type: ignore[import-untyped]

from agent.errors import Invalid
from journal.transfer.draft import Note

DEEPEST = 64
"""Levels of nesting inside one entry; real ones have about six."""

Objects = Iterator[tuple[str, dict[str, Any]] | Note]


def objects(source: BinaryIO, lists: Collection[str], what: str) -> Objects:
    """Every object in one of `lists` (ijson prefixes such as `data.stateOfMind.item`), with the prefix. A file that
    breaks off in the middle ends in a note; one that is no JSON at all raises `Invalid`."""
    builder, depth, prefix_of, count = None, 0, "", 0
    try:
        for prefix, event, value in ijson.parse(source, use_float=True):
            if builder is None:
                if event != "start_map" or prefix not in lists:
                    continue
                builder, depth, prefix_of = ijson.ObjectBuilder(), 0, prefix
            builder.event(event, value)
            depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
            if depth > DEEPEST:
                raise Invalid("file", f"An entry is nested deeper than {DEEPEST} levels, which no {what[2:]} is.")
            if depth == 0:
                count += 1
                yield prefix_of, builder.value
                builder = None
    except (ijson.JSONError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        why = " ".join(str(error).split())[:60]
        if not count:
            raise Invalid("file", f"This is not {what}: found no JSON ({why}).") from None
        found = f"broken JSON after {count:,} entries ({why})"
        yield Note(where="the rest of the file", found=found, expected="JSON to the end", left_out=True)
