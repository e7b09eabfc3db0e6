"""The emotion classifier under LitServe: the peer of the short-text benchmark. Runs in an environment of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import litserve

from reader.emotion import EmotionClassifier

ROOT = Path(__file__).resolve().parents[2]


class Emotions(litserve.LitAPI):
    """One text in, its emotions out; requests that arrive together become one batch, as in our deployment."""

    def setup(self, device: str) -> None:
        """Loads the model folder."""
        self.classifier = EmotionClassifier(ROOT / "models" / "emotion")

    def decode_request(self, request: dict[str, str]) -> str:
        """The text."""
        return request["text"]

    def predict(self, texts: list[str]) -> list[Any]:
        """The readings."""
        return self.classifier.read(texts)

    def encode_response(self, reading: Any) -> dict[str, Any]:
        """What our own route answers."""
        return {"emotions": [e.model_dump() for e in reading.emotions], "unsure": reading.unsure}


if __name__ == "__main__":
    server = litserve.LitServer(Emotions(max_batch_size=16, batch_timeout=0.001), accelerator="cpu")
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, log_level="error")
