"""The network of the crisis head and how it learns: a copy of the sentence encoder, fine-tuned, with two logits.

The word vectors stay as they were, so that words which no training text holds still mean what they mean. Half of the
texts are seen a little disguised in every epoch (`finetune.crisis_rows.roughened`).
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from finetune.batches import length_sorted_batches, pad
from finetune.crisis_rows import roughened
from reader.clean import clean
from reader.crisis import MAX_TOKENS, unmasked

log = logging.getLogger("discovery.finetune")
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Recipe:
    """How a head is trained. `implicit_weight` is what implicit risk counts, as half a crisis, in the crisis logit."""

    epochs: int = 4
    batch: int = 48
    lr: float = 1.6e-4
    lr_head: float = 1e-3
    layer_decay: float = 0.9
    frozen_layers: int = 2
    warmup: float = 0.08
    weight_decay: float = 0.01
    dropout: float = 0.1
    smoothing: float = 0.03
    everyday_weight: float = 0.5
    implicit_weight: float = 0.3
    implicit_target: float = 0.5
    roughen: float = 0.35
    bury: float = 0.12
    bf16: bool = True
    seed: int = 7
    threads: int = 2


class Lesson(NamedTuple):
    """What is learned from: texts, their class (2 outright, 1 implicit, 0 harmless) and how much each counts."""

    texts: Sequence[str]
    classes: NDArray[np.int64]
    weights: Floats


class CrisisNet(nn.Module):
    """Token ids and mask, both int64 (n, t) -> logits, float32 (n, 2): outright risk, any risk."""

    def __init__(self, encoder: BertModel, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, 2)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """See the class."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        return self.head(self.dropout(pooled))


def fresh(base: Path, dropout: float = 0.1, frozen_layers: int = 0) -> CrisisNet:
    """A new head on the encoder in `base`, whose word vectors and lowest layers do not learn. Eager attention: on a
    CPU and for short texts it learns twice as fast as the fused one."""
    encoder = BertModel.from_pretrained(
        base, use_safetensors=True, add_pooling_layer=False, attn_implementation="eager",
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    for part in (encoder.embeddings, *encoder.encoder.layer[:frozen_layers]):
        part.requires_grad_(False)
    return CrisisNet(encoder, dropout)


def token_ids(tokenizer: Tokenizer, texts: Sequence[str]) -> list[list[int]]:
    """Token ids as the shipped head sees them, cut at `MAX_TOKENS`."""
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return [encoding.ids for encoding in tokenizer.encode_batch([clean(unmasked(text)) for text in texts])]


def mean(states: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of the weights of heads that began alike."""
    return {name: torch.stack([state[name].float() for state in states]).mean(0) for name in states[0]}


def train(lesson: Lesson, base: Path, recipe: Recipe, start: dict[str, Tensor] | None = None) -> CrisisNet:
    """Trains a head, from `start` on where it is given; the same lesson and recipe give the same head on the same
    machine."""
    torch.manual_seed(recipe.seed)
    torch.set_num_threads(recipe.threads)
    rng = np.random.default_rng(recipe.seed)
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    model = fresh(base, recipe.dropout, recipe.frozen_layers)
    if start:
        model.load_state_dict(start)
    optimiser = torch.optim.AdamW(_groups(model, recipe), weight_decay=recipe.weight_decay, fused=True)
    steps = recipe.epochs * math.ceil(len(lesson.texts) / recipe.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps, recipe.warmup))
    targets, weights = _targets(lesson, recipe)
    for epoch in range(recipe.epochs):
        began, total = time.perf_counter(), 0.0
        buried = [_buried(t, lesson, rng) if rng.random() < recipe.bury else t for t in lesson.texts]
        ids = token_ids(tokenizer, [roughened(t, rng) if rng.random() < recipe.roughen else t for t in buried])
        model.train()
        batches = length_sorted_batches(np.array([len(row) for row in ids]), recipe.batch, rng)
        for rows in batches:
            with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bf16):
                logits = model(*pad([ids[i] for i in rows]))
            losses = nn.functional.binary_cross_entropy_with_logits(logits.float(), targets[rows], reduction="none")
            loss = (losses * weights[rows]).sum() / len(rows)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        spent = time.perf_counter() - began
        log.info("epoch %d of %d: loss %.4f, %.0f s", epoch + 1, recipe.epochs, total / len(batches), spent)
    return model.eval()


@torch.inference_mode()
def logits_of(model: CrisisNet, tokenizer: Tokenizer, texts: Sequence[str], batch: int = 64) -> Floats:
    """Logits of the network in fp32, float32 (n, 2)."""
    ids = token_ids(tokenizer, texts)
    out = np.zeros((len(texts), 2), np.float32)
    order = np.argsort([len(row) for row in ids], kind="stable")
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        out[rows] = model(*pad([ids[i] for i in rows])).numpy()
    return out


def _buried(text: str, lesson: Lesson, rng: np.random.Generator) -> str:
    """The text behind or before a harmless one: risk hides in ordinary days. Its class stays what it was."""
    harmless = np.flatnonzero(lesson.classes == 0)
    other = lesson.texts[int(rng.choice(harmless))]
    return f"{other} {text}" if rng.random() < 0.5 else f"{text} {other}"


def _targets(lesson: Lesson, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """What the two logits should say, and how much each counts, float32 (n, 2)."""
    classes = torch.from_numpy(lesson.classes)
    targets = torch.stack([(classes == 2).float(), (classes >= 1).float()], dim=1)
    targets = targets * (1 - 2 * recipe.smoothing) + recipe.smoothing
    weights = torch.from_numpy(lesson.weights).unsqueeze(1).repeat(1, 2)
    targets[classes == 1, 0] = recipe.implicit_target
    weights[classes == 1, 0] *= recipe.implicit_weight
    return targets, weights


def _groups(model: CrisisNet, recipe: Recipe) -> list[dict[str, object]]:
    """The head, and the encoder with each layer at `layer_decay` times the rate of the next one up."""
    groups: list[dict[str, object]] = [{"params": list(model.head.parameters()), "lr": recipe.lr_head}]
    parts = [*reversed(model.encoder.encoder.layer), model.encoder.embeddings]
    for depth, part in enumerate(parts):
        learned = [p for p in part.parameters() if p.requires_grad]
        groups.append({"params": learned, "lr": recipe.lr * recipe.layer_decay**depth})
    return [group for group in groups if group["params"]]


def _rate(step: int, steps: int, warmup: float) -> float:
    warm = max(1, int(steps * warmup))
    return min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))
