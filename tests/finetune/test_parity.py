"""The graphs against the network: nothing where they are the same, the right figures where they are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from finetune.calibration import Fitted
from finetune.dataset import Rows
from finetune.model import from_base
from finetune.parity import compared, parity
from finetune.shipped import restore
from reader.base import base_folder
from reader.card import Pooling
from reader.onnx_export import export_fp32
from reader.session import TextSession

SHIPPED = Path(__file__).parents[2] / "models" / "emotion"


def test_differences_are_counted() -> None:
    labels = np.eye(28, dtype=np.float32)
    torch = np.where(labels > 0, 0.9, 0.1).astype(np.float32)
    graph = torch.copy()
    graph[0, 0] = 0.2
    same, other = (compared(torch, one, labels, lambda p: p >= 0.5) for one in (torch, graph))
    assert set(same.values()) == {0.0}
    assert other["most"] == pytest.approx(0.7) and other["mean"] == pytest.approx(0.7 / 784, abs=1e-6)
    assert other["decided_otherwise"] == pytest.approx(1 / 784, abs=1e-6)
    assert other["macro_f1_difference"] == pytest.approx(-1 / 28, abs=1e-4)


def test_onnx_is_the_network_and_int8_is_near(tmp_path: Path) -> None:
    model = from_base(base_folder()).eval()
    restore(model, SHIPPED)
    export_fp32(model, tmp_path / "model.onnx")
    (tmp_path / "tokenizer.json").write_bytes((SHIPPED / "tokenizer.json").read_bytes())
    texts = ["Thank you so much!", "I am scared of tomorrow, really.", "The bus came at nine and we went home."]
    rows = Rows(texts, np.eye(28, dtype=np.float32)[[15, 14, 27]])
    plain = Fitted(np.ones(28), np.zeros(28), np.full(28, 0.3), Pooling(window_tokens=96, share=0.5), 0.0)
    graphs = {"onnx_fp32": TextSession(tmp_path, threads=1), "int8": TextSession(SHIPPED, threads=1)}
    found = parity(model, graphs, rows, plain)
    assert found["rows"] == 3
    assert found["onnx_fp32"]["most"] < 1e-4 < found["int8"]["most"] < 0.2
