"""The network: a MiniLM encoder, mean pooling, one linear layer to 28 logits."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

from agent.domain import EMOTIONS


class EmotionModel(nn.Module):
    """Token ids and mask, both int64 (n, t) -> logits, float32 (n, 28)."""

    def __init__(self, encoder: BertModel, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, len(EMOTIONS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """See the class."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        pooled = (states * mask).sum(1) / mask.sum(1).clamp(min=1.0)
        return self.head(self.dropout(pooled))


def from_base(folder: Path) -> EmotionModel:
    """A fresh head on the pre-trained encoder in `folder` (safetensors only)."""
    encoder = BertModel.from_pretrained(
        folder, use_safetensors=True, add_pooling_layer=False, attn_implementation="sdpa"
    )
    return EmotionModel(encoder)


class Ema:
    """An exponential moving average of a model's weights; its own first steps weigh less (warm-up)."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay, self.steps = decay, 0
        self.weights = {k: v.detach().clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Moves the average one step towards the present weights."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for name, value in model.state_dict().items():
            average = self.weights[name]
            if value.dtype.is_floating_point:
                average.lerp_(value, 1.0 - decay)
            else:
                average.copy_(value)
