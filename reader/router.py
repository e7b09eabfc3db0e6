"""Which kind of question a line is: one linear head over the frozen vector of the line and a few cues of its form.

The head is fitted on the examples of `data/routes.jsonl` by `python -m eval.routes --fit` and stands in
`data/routes.npz`. A line is a question only where all kinds of question together are surer than `threshold`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.asking import ROUTES, Asked, cues, may_ask
from agent.errors import ArtifactError
from reader.integrity import sha256_of

DATA = Path(__file__).parent / "data"
EXAMPLES = DATA / "routes.jsonl"
HEAD = DATA / "routes.npz"

CUE_WEIGHT = 0.3
"""How much one cue weighs beside a vector of length one."""

Floats = NDArray[np.float32]


def features(lines: Sequence[str], vectors: Floats) -> Floats:
    """n lines and their unit vectors (n, 384) -> what the head sees, float32 (n, 384 + cues)."""
    seen = np.array([cues(line) for line in lines], np.float32).reshape(len(lines), -1)
    return np.hstack([vectors, CUE_WEIGHT * seen]).astype(np.float32)


class Router:
    """The fitted head. Raises `ArtifactError` when it is missing, or was fitted on other examples or kinds."""

    def __init__(self, head: Path = HEAD, examples: Path = EXAMPLES) -> None:
        remedy = "Run `python -m eval.routes --fit`."
        if not head.is_file():
            raise ArtifactError(f"{head}: not there. {remedy}")
        with np.load(head, allow_pickle=False) as stored:
            self._weights: Floats = stored["weights"]
            self._bias: Floats = stored["bias"]
            self.threshold = float(stored["threshold"])
            if tuple(stored["routes"]) != ROUTES or str(stored["examples"]) != sha256_of(examples):
                raise ArtifactError(f"{head}: fitted on other examples than {examples.name}. {remedy}")

    def shares(self, lines: Sequence[str], vectors: Floats) -> Floats:
        """Shares of each of `ROUTES`, float32 (n, 11), rows summing to 1; vectors as `reader.encoder` makes them."""
        logits = features(lines, vectors) @ self._weights + self._bias
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        result: Floats = raised / raised.sum(axis=1, keepdims=True)
        return result

    def route(self, lines: Sequence[str], vectors: Floats) -> list[Asked]:
        """What each line is taken for; in doubt an entry."""
        if not lines:
            return []
        asked = self.shares(lines, vectors)
        entry = ROUTES.index("entry")
        sure = 1 - asked[:, entry]
        asked[:, entry] = 0
        return [
            Asked(route=ROUTES[int(row.argmax())] if clear else "entry", sure=min(1.0, max(0.0, float(share))))
            for row, share, clear in zip(
                asked, sure, [may_ask(t) and s >= self.threshold for t, s in zip(lines, sure, strict=True)], strict=True
            )
        ]
