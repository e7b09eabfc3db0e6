"""Rows to batches: token ids padded to the longest row, rows of like length together, one share a worker."""

from __future__ import annotations

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor


def length_sorted_batches(lengths: np.ndarray, size: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Row numbers in batches of like length, in random order: padding costs little, and chance stays."""
    jitter = rng.permutation(len(lengths))
    order = jitter[np.argsort(lengths[jitter], kind="stable")]
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    return [batches[i] for i in rng.permutation(len(batches))]


def pad(token_ids: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Token ids and mask, int64 (n, t), padded with zeros to the longest row."""
    longest = max(map(len, token_ids))
    ids = torch.zeros(len(token_ids), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, tokens in enumerate(token_ids):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
    return ids, mask


def tokenise(tokenizer: Tokenizer, texts: list[str], max_tokens: int) -> list[list[int]]:
    """Token ids of every text, special tokens included."""
    tokenizer.enable_truncation(max_tokens)
    tokenizer.no_padding()
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def share(rows: np.ndarray, rank: int, world: int) -> np.ndarray:
    """The part of a step's rows that one worker of `world` takes; never none, so that all take part in every step."""
    mine = np.array_split(rows, world)[rank]
    return mine if len(mine) else rows[:1]
