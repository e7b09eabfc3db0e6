"""How near the graphs that ship are to the network that was trained: the same rows through torch, ONNX and int8."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune import metrics
from finetune.calibration import Fitted
from finetune.dataset import Rows
from finetune.model import EmotionModel
from finetune.train import predict, tokenise
from reader.emotion import calibrate
from reader.session import MAX_TOKENS, TextSession

Decide = Callable[[NDArray[np.float32]], NDArray[np.bool_]]
"""Probabilities (n, 28) -> which labels are told."""


def compared(
    torch: NDArray[np.float32], graph: NDArray[np.float32], labels: NDArray[np.float32], decide: Decide
) -> dict[str, float]:
    """Probabilities (n, 28) of both: the largest and the mean absolute difference, the share of (row, label) pairs that
    are decided otherwise, and F1 of the graph minus F1 of torch."""
    apart = np.abs(torch - graph)
    said, meant = decide(graph), decide(torch)
    return {
        "most": round(float(apart.max()), 6),
        "mean": round(float(apart.mean()), 6),
        "decided_otherwise": round(float((said != meant).mean()), 6),
        "macro_f1_difference": round(metrics.macro_f1(said, labels) - metrics.macro_f1(meant, labels), 4),
        "micro_f1_difference": round(metrics.micro_f1(said, labels) - metrics.micro_f1(meant, labels), 4),
    }


def parity(model: EmotionModel, graphs: dict[str, TextSession], rows: Rows, fitted: Fitted) -> dict[str, Any]:
    """What a card says of its graphs, by their names, calibrated and decided as `fitted` says."""
    tokenizer = next(iter(graphs.values())).tokenizer

    def calibrated(logits: NDArray[np.float32]) -> NDArray[np.float32]:
        return calibrate(logits, fitted.temperatures, fitted.biases)

    torch = calibrated(predict(model, tokenise(tokenizer, rows.texts, MAX_TOKENS)))
    return {"rows": len(rows)} | {
        name: compared(torch, calibrated(graph.run(rows.texts)), rows.labels, fitted.told)
        for name, graph in graphs.items()
    }
