"""A trained model to a folder that ships: calibrated, thresholded, quantised, measured, described.

`python -m finetune.export --config configs/train.yaml --output models/emotion`. Temperatures, thresholds and pooling
are chosen on dev with the int8 model that ships; test is read once, for the report.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import BertConfig, BertModel

from agent.domain import EMOTIONS
from finetune import calibration, cluster, dataset, exported, model_card
from finetune.figures import figures, group_thresholds
from finetune.journal_rows import TOLD, JournalRow, as_rows, read_journal
from finetune.model import EmotionModel
from finetune.parity import parity
from finetune.slices import reliability, slices, sureness
from finetune.train import TrainConfig, predict, read_config, tokenise
from reader.base import base_folder
from reader.emotion import calibrate
from reader.integrity import sha256_of
from reader.onnx_export import export_fp32, quantise
from reader.session import TextSession

FP32 = "fp32"
"""The graph before int8, beside the other while both are compared."""

BASE = "sentence-transformers/all-MiniLM-L6-v2"


def load_weights(config: TrainConfig) -> EmotionModel:
    """The trained network with the weights of `output/weights.pt`."""
    base = config.base or base_folder()
    encoder = BertModel(BertConfig.from_pretrained(base, attn_implementation="eager"), add_pooling_layer=False)
    model = EmotionModel(encoder)
    model.load_state_dict(torch.load(config.output / "weights.pt", weights_only=True))
    return model.eval()


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
        (scratch / FP32).mkdir()
        export_fp32(model, scratch / FP32 / "model.onnx")
        quantise(scratch / FP32 / "model.onnx", scratch / "model.onnx")
        for folder in (scratch, scratch / FP32):
            shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")
        card = _card(config, splits, scratch, model)
        shutil.rmtree(scratch / FP32)
        (scratch / "card.json").write_text(json.dumps(card, indent=1) + "\n")
        model_card.write(scratch)
        scratch.chmod(0o755)
        shutil.rmtree(output, ignore_errors=True)
        os.replace(scratch, output)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return card


def _card(config: TrainConfig, splits: dict[str, dataset.Rows], folder: Path, model: EmotionModel) -> dict[str, Any]:
    session = TextSession(folder, threads=2)
    own = {name: read_journal(path) for name, path in config.own_sets().items()}
    judged = as_rows(own["journal_dev"]) if "journal_dev" in own else None
    fitted = calibration.fit(session, splits["dev"], judged)
    return {
        "kind": "emotion",
        "version": f"minilm-emotion-{sha256_of(folder / 'model.onnx')[:12]}",
        "labels": list(EMOTIONS),
        "thresholds": [round(float(t), 4) for t in fitted.thresholds],
        "temperatures": [round(float(t), 4) for t in fitted.temperatures],
        "biases": [round(float(b), 4) for b in fitted.biases],
        "pooling": fitted.pooling.model_dump(),
        "fallback": fitted.fallback.model_dump(),
        "files": {name: sha256_of(folder / name) for name in ("model.onnx", "tokenizer.json")},
        "base_model": BASE,
        "data": {
            "name": dataset.HUB_ID[0],
            "licence": "CC-BY-4.0 (Demszky et al., ACL 2020)",
            "sha256": dataset.fingerprint(splits),
            "rows": {name: len(rows) for name, rows in splits.items()},
            "own": {path.name: sha256_of(path) for path in [*config.journal, *config.own_sets().values()]},
        },
        "training": json.loads(config.model_dump_json(exclude={"goemotions", "base", "output"})),
        "metrics": {
            **_measured(config, splits, own, session, model, fitted),
            "parity": parity(
                model, {"onnx_fp32": TextSession(folder / FP32, threads=2), "int8": session}, splits["dev"], fitted
            ),
        },
        "git_commit": _commit(),
    }


def _measured(
    config: TrainConfig,
    splits: dict[str, dataset.Rows],
    own: dict[str, list[JournalRow]],
    session: TextSession,
    model: EmotionModel,
    fitted: calibration.Fitted,
) -> dict[str, Any]:
    """The card's figures. Thresholds of groups are chosen on dev, like everything that is chosen."""
    sets = {"dev": splits["dev"], "test": splits["test"]} | {name: as_rows(entries) for name, entries in own.items()}
    read = {name: fitted.probabilities(session, rows.texts) for name, rows in sets.items()}
    of_groups = group_thresholds(read["dev"], sets["dev"].labels)
    result: dict[str, Any] = {"threshold_shrinkage": fitted.shrinkage, "thresholds_of_groups": of_groups}
    for name, rows in sets.items():
        told = {f"told: {how}": np.asarray([e.told == how for e in own[name]]) for how in TOLD} if name in own else {}
        predicted = fitted.told(read[name])
        result[name] = {
            **figures(read[name], rows.labels, predicted, of_groups),
            "slices": slices(rows, predicted, told),
            "sureness": sureness(read[name], rows.labels, predicted),
            "reliability": reliability(read[name], rows.labels),
        }
    tokens = tokenise(session.tokenizer, splits["test"].texts, config.max_tokens)
    fp32 = calibrate(predict(model, tokens), fitted.temperatures, fitted.biases)
    result["test_fp32"] = figures(fp32, splits["test"].labels, fitted.told(fp32), of_groups)
    return result


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/train.yaml"))
    parser.add_argument("--output", type=Path, default=Path("models/emotion"))
    parser.add_argument(
        "--data", dest="goemotions", type=Path, help="folder of the rows, in the place of the configured"
    )
    parser.add_argument("--track", help="MLflow, in the place of the configured")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with cluster.one_line():
        config = read_config(options.config)
        config = config.model_copy(
            update={name: given for name in ("goemotions", "track") if (given := vars(options)[name])}
        )
        if not (config.output / "weights.pt").is_file():
            raise dataset.DataError(f"{config.output / 'weights.pt'}: expected a trained run, found none; make train")
        card = export(config, options.output)
        exported.tell(config, options.output, card, os.environ.get("MLFLOW_TRACKING_URI") or config.track)
    for split in (name for name, row in card["metrics"].items() if isinstance(row, dict) and "macro_f1" in row):
        row = card["metrics"][split]
        print(
            f"{split:12} macro-F1 {row['macro_f1']} {row['macro_f1_interval_95']} micro-F1 {row['micro_f1']} "
            f"ECE {row['ece']} AUC {row['macro_auc']} silent {row['silent']} talks where neutral {row['talks']}"
        )
    for name in ("onnx_fp32", "int8"):
        row = card["metrics"]["parity"][name]
        print(f"{name:12} from torch at most {row['most']} mean {row['mean']} macro-F1 {row['macro_f1_difference']:+}")


if __name__ == "__main__":
    main()
