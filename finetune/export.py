"""A trained model to a folder that ships: calibrated, thresholded, quantised, measured, described.

`python -m finetune.export --config configs/train.yaml --output models/emotion`. Temperatures, thresholds and pooling
are chosen on dev with the int8 model that ships; test is read once, for the report.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from transformers import BertConfig, BertModel

from agent.domain import EMOTIONS
from finetune import dataset, metrics
from finetune.model import EmotionModel
from finetune.pooling import choose_pooling
from finetune.train import TrainConfig, predict, tokenise
from reader.base import base_folder
from reader.integrity import sha256_of
from reader.onnx_export import export_fp32, quantise
from reader.session import TextSession

BASE = "sentence-transformers/all-MiniLM-L6-v2"


def load_weights(config: TrainConfig) -> EmotionModel:
    """The trained network with the weights of `output/weights.pt`."""
    base = config.base or base_folder()
    encoder = BertModel(BertConfig.from_pretrained(base, attn_implementation="eager"), add_pooling_layer=False)
    model = EmotionModel(encoder)
    model.load_state_dict(torch.load(config.output / "weights.pt", weights_only=True))
    return model.eval()


def figures(probabilities: np.ndarray, labels: np.ndarray, thresholds: np.ndarray) -> dict[str, Any]:
    """What a card says of one split."""
    predicted = probabilities >= thresholds
    low, high = metrics.bootstrap_interval(predicted, labels)
    skill = metrics.brier_skill(probabilities, labels)
    return {
        "macro_f1": round(metrics.macro_f1(predicted, labels), 4),
        "macro_f1_interval_95": [round(low, 4), round(high, 4)],
        "micro_f1": round(metrics.micro_f1(predicted, labels), 4),
        "ece": round(metrics.expected_calibration_error(probabilities, labels), 4),
        "brier_skill_least": round(float(skill.min()), 4),
        "rows": len(labels),
        "f1": {k: round(float(v), 3) for k, v in zip(EMOTIONS, metrics.f1_per_label(predicted, labels), strict=True)},
    }


def _commit() -> str:
    result = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return result.stdout.strip() or "unknown"


def export(config: TrainConfig, output: Path) -> dict[str, Any]:
    """Writes the folder in one step and returns its card."""
    splits = dataset.load(config.goemotions)
    base = config.base or base_folder()
    output.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".emotion-", dir=output.parent))
    try:
        model = load_weights(config)
        export_fp32(model, scratch / "fp32.onnx")
        quantise(scratch / "fp32.onnx", scratch / "model.onnx")
        (scratch / "fp32.onnx").unlink()
        shutil.copyfile(base / "tokenizer.json", scratch / "tokenizer.json")
        card = _card(config, splits, scratch, model)
        (scratch / "card.json").write_text(json.dumps(card, indent=1) + "\n")
        scratch.chmod(0o755)
        shutil.rmtree(output, ignore_errors=True)
        os.replace(scratch, output)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return card


def _card(config: TrainConfig, splits: dict[str, dataset.Rows], folder: Path, model: EmotionModel) -> dict[str, Any]:
    session = TextSession(folder, threads=2)
    dev, test = splits["dev"], splits["test"]
    dev_logits = session.run(dev.texts)
    temperatures = metrics.fit_temperatures(dev_logits, dev.labels)
    dev_probabilities = metrics.sigmoid(dev_logits / temperatures)
    thresholds, shrinkage = metrics.fit_thresholds(dev_probabilities, dev.labels)
    tokens = tokenise(session.tokenizer, test.texts, config.max_tokens)
    fp32 = metrics.sigmoid(predict(model, tokens) / temperatures)
    return {
        "kind": "emotion",
        "version": f"minilm-goemotions-{sha256_of(folder / 'model.onnx')[:12]}",
        "labels": list(EMOTIONS),
        "thresholds": [round(float(t), 4) for t in thresholds],
        "temperatures": [round(float(t), 4) for t in temperatures],
        "pooling": choose_pooling(session, dev, temperatures, thresholds).model_dump(),
        "files": {name: sha256_of(folder / name) for name in ("model.onnx", "tokenizer.json")},
        "base_model": BASE,
        "data": {
            "name": dataset.HUB_ID[0],
            "licence": "CC-BY-4.0 (Demszky et al., ACL 2020)",
            "sha256": dataset.fingerprint(splits),
            "rows": {name: len(rows) for name, rows in splits.items()},
        },
        "training": json.loads(config.model_dump_json(exclude={"goemotions", "base", "output"})),
        "metrics": {
            "threshold_shrinkage": shrinkage,
            "dev": figures(dev_probabilities, dev.labels, thresholds),
            "test": figures(metrics.sigmoid(session.run(test.texts) / temperatures), test.labels, thresholds),
            "test_fp32": figures(fp32, test.labels, thresholds),
        },
        "git_commit": _commit(),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/train.yaml"))
    parser.add_argument("--output", type=Path, default=Path("models/emotion"))
    options = parser.parse_args()
    config = TrainConfig.model_validate(yaml.safe_load(options.config.read_text()))
    card = export(config, options.output)
    for split in ("dev", "test", "test_fp32"):
        row = card["metrics"][split]
        print(f"{split:9} macro-F1 {row['macro_f1']} {row['macro_f1_interval_95']} micro-F1 {row['micro_f1']}")


if __name__ == "__main__":
    main()
