"""The emotion classifier under plain FastAPI, as one would write it first: the peer that batches nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from reader.emotion import EmotionClassifier

ROOT = Path(__file__).resolve().parents[2]
app = FastAPI()
classifier = EmotionClassifier(ROOT / "models" / "emotion")


class Text(BaseModel):
    """One text."""

    text: str


@app.post("/predict")
def predict(body: Text) -> dict[str, Any]:
    """What our own route answers; a plain function runs in FastAPI's pool of threads."""
    [reading] = classifier.read([body.text])
    return {"emotions": [e.model_dump() for e in reading.emotions], "unsure": reading.unsure}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
