"""Torch modules to ONNX graphs, in fp32 and int8. Needed at preparation and export; reading needs no torch."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def export_fp32(module: nn.Module, path: Path) -> None:
    """Writes a module of (input_ids, attention_mask), both int64 (n, t), to an ONNX file with free n and t."""
    import torch

    ids = torch.randint(1000, 2000, (2, 16))
    mask = torch.ones_like(ids)
    mask[1, 10:] = 0
    axes = {0: "n", 1: "t"}
    with warnings.catch_warnings():  # the tracer warns of length checks that hold for every length here
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(), (ids, mask), str(path), dynamo=False, opset_version=17,
            input_names=["input_ids", "attention_mask"], output_names=["output"],
            dynamic_axes={"input_ids": axes, "attention_mask": axes, "output": {0: "n"}},
        )  # fmt: skip


def quantise(source: Path, target: Path) -> None:
    """fp32 graph -> int8 graph: dynamic activations, weights per output channel."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8)


def export_encoder(base: Path, target: Path) -> None:
    """The frozen encoder of `base` -> `target/model.onnx` (int8, unit vectors) and `target/tokenizer.json`."""
    import torch
    from torch import Tensor, nn
    from transformers import BertModel

    class Unit(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = BertModel.from_pretrained(
                base, use_safetensors=True, add_pooling_layer=False, attn_implementation="eager"
            )

        def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1).clamp(min=1.0), dim=1)

    export_fp32(Unit(), target / "fp32.onnx")
    quantise(target / "fp32.onnx", target / "model.onnx")
    (target / "fp32.onnx").unlink()
    (target / "tokenizer.json").write_bytes((base / "tokenizer.json").read_bytes())
