"""Prepares the default language model: SmolLM2-135M-Instruct from GGUF or safetensors to an int8 checkpoint for vLLM.

The projections become symmetric int8 with one scale an output channel, in the `compressed-tensors` form that vLLM's
CPU backend runs; activations are quantised per token while it runs. Embeddings, norms and the head stay as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

QUANTISATION = {
    "quant_method": "compressed-tensors",
    "format": "int-quantized",
    "quantization_status": "compressed",
    "ignore": ["lm_head"],
    "config_groups": {
        "group_0": {
            "targets": ["Linear"],
            "weights": {"num_bits": 8, "type": "int", "symmetric": True, "strategy": "channel", "dynamic": False},
            "input_activations": {
                "num_bits": 8, "type": "int", "symmetric": True, "strategy": "token", "dynamic": True,
            },
        }
    },
}  # fmt: skip


def quantise_rows(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (out, in) -> int8 (out, in) and float32 scales (out, 1), so that weight ~ int8 * scale."""
    scale = weight.float().abs().amax(1, keepdim=True).clamp(min=1e-8) / 127.0
    return (weight.float() / scale).round().clamp(-127, 127).char(), scale


def _compressed(state: dict[str, Tensor]) -> dict[str, Tensor]:
    import torch

    tensors: dict[str, Tensor] = {}
    for name, weight in state.items():
        if name.endswith("_proj.weight"):
            tensors[name], scale = quantise_rows(weight)
            tensors[name.replace(".weight", ".weight_scale")] = scale.to(torch.bfloat16)
        elif name != "lm_head.weight":  # tied to the embedding
            tensors[name] = weight.to(torch.bfloat16).contiguous()
    return tensors


def prepare_llm(source: Path, target: Path) -> None:
    """Writes an int8 checkpoint of the model at `source` (a .gguf file, or a folder of safetensors) into `target`."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    gguf: dict[str, Any] = {"gguf_file": source.name} if source.suffix == ".gguf" else {"use_safetensors": True}
    folder = source.parent if source.suffix == ".gguf" else source
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, trust_remote_code=False, **gguf)
    gguf.pop("use_safetensors", None)
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, **gguf)
    tokenizer.save_pretrained(target)
    config = model.config.to_dict() | {
        "architectures": [type(model).__name__], "quantization_config": QUANTISATION, "dtype": "bfloat16",
    }  # fmt: skip
    config.pop("_name_or_path", None)  # a path of this machine would change the file from machine to machine
    (target / "config.json").write_text(json.dumps(config, indent=1, default=str))
    save_file(_compressed(model.state_dict()), target / "model.safetensors", metadata={"format": "pt"})
