"""A shipped int8 folder back to a torch network, so that training can go on from it where no fp32 weights are left.

The weights come back as they were rounded; macro-F1 of the restored network differs by less than 0.002 (see
docs/experiments.md).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from finetune.dataset import DataError
from finetune.model import EmotionModel

_LAYER = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""The matrices of one encoder layer in the order in which the exported graph holds them."""


def restore(model: EmotionModel, folder: Path) -> None:
    """Loads the int8 weights of `folder/model.onnx` into `model`. Raises `DataError` where the graph is another one."""
    path = folder / "model.onnx"
    if not path.is_file():
        raise DataError(f"{path}: expected a shipped model, found no such file")
    held = {i.name: numpy_helper.to_array(i) for i in onnx.load(str(path)).graph.initializer}

    def real(name: str) -> torch.Tensor:
        steps = held[f"{name}_quantized"].astype(np.float32) - held[f"{name}_zero_point"].astype(np.float32)
        return torch.from_numpy(steps * held[f"{name}_scale"])

    matrices = [
        name.removesuffix("_quantized") for name in held if name.startswith("onnx::MatMul") and "_quant" in name
    ]
    layers = model.encoder.config.num_hidden_layers
    if len(matrices) != len(_LAYER) * layers:
        raise DataError(f"{folder}: expected {len(_LAYER) * layers} int8 matrices, found {len(matrices)}")
    state = model.state_dict()
    state |= {name: torch.from_numpy(held[name].copy()) for name in state if name in held}
    for kind in ("word", "token_type", "position"):
        name = f"encoder.embeddings.{kind}_embeddings.weight"
        state[name] = real(name)
    for number, name in enumerate(matrices):
        place = f"encoder.encoder.layer.{number // len(_LAYER)}.{_LAYER[number % len(_LAYER)]}.weight"
        state[place] = real(name).T
    state["head.weight"] = real("head.weight_Transposed").T
    model.load_state_dict(state)
