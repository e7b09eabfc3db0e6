"""One cell of a prompt experiment: a prompt, a model and generation settings over the same entries, kept row by row."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.domain import Reading, Span
from agent.ports import LanguageModel, Message
from agent.wording import Wording

_QUOTED = re.compile(r"\"([^\"]+)\"")
_WORD = re.compile(r"[A-Za-z']+")
_VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True)
class Cell:
    """A prompt's version, the model's name, whether its words are held to the prompt's form, and whether they are
    drawn at random (`warm`, temperature 0.8 with a fixed seed) instead of taking the likeliest."""

    prompt: str
    model: str
    form: bool
    warm: bool = False

    @property
    def setting(self) -> str:
        """The generation settings by name."""
        return ("warm" if self.warm else "form") if self.form else "free"

    @property
    def name(self) -> str:
        """A name that is also a file name; of an endpoint its model, not its address."""
        model = self.model.partition("#")[2] or self.model
        return re.sub(r"[^\w.-]+", "-", f"{self.prompt}_{model}_{self.setting}")


@dataclass(frozen=True)
class Case:
    """An entry as every cell gets it: read once, its evidence found once."""

    number: int
    text: str
    reading: Reading
    spans: tuple[Span, ...]


@dataclass
class Counted:
    """A language model whose pieces (about a token each) are counted, and the seconds to the first one."""

    inner: LanguageModel
    warm: bool = False
    pieces: int = 0
    first: float | None = None
    began: float = field(default_factory=time.perf_counter)

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int, pattern: str | None = None, **more: Any
    ) -> AsyncIterator[str]:
        """See `agent.ports.LanguageModel`."""
        if self.warm:
            more["attempt"] = more.get("attempt", 0) + 1  # every try but the first is drawn at random
        async for piece in self.inner.stream(messages, max_tokens=max_tokens, pattern=pattern, **more):
            self.first = self.first or time.perf_counter() - self.began
            self.pieces += 1
            yield piece


def reading_ease(text: str) -> float:
    """Flesch reading ease (Flesch, 1948); syllables are counted as groups of vowels. 60 and above is plain English."""
    words = _WORD.findall(text) or ["a"]
    syllables = sum(max(1, len(_VOWELS.findall(word.lower())) - word.lower().endswith("e")) for word in words)
    sentences = max(1, len(re.findall(r"[.!?](?:\s|$)", text)))
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


def faithfulness(said: str, case: Case) -> float | None:
    """Mean drop of the evidence that is quoted over that of the strongest evidence; None where nothing could be."""
    if not case.spans:
        return None
    drops = {span.of(case.text): span.drop for span in case.spans}
    quoted = [max((d for t, d in drops.items() if q in t or t in q), default=0.0) for q in _QUOTED.findall(said)]
    return sum(quoted) / len(quoted) / max(drops.values()) if quoted else 0.0


async def explained(cell: Cell, case: Case, llm: LanguageModel) -> dict[str, Any]:
    """What a cell makes of one entry: one row of its results."""
    counts: list[str] = []
    counted = Counted(llm, cell.warm)
    sentences = [
        sentence
        async for sentence in Wording(counted, cell.prompt, cell.form, counts.append).sentences(
            case.text, case.reading, case.spans
        )
    ]
    said = " ".join(sentence.text for sentence in sentences)
    return {
        "entry": case.number,
        "said": said,
        "sentences": [sentence.text for sentence in sentences],
        "passed": bool(sentences) and all(s.source == "model" for s in sentences),
        "regenerated": counts.count("regenerated"),
        "refused": sum(name.startswith("rejected") for name in counts),
        "faults": [name.removeprefix("rejected: ") for name in counts if name.startswith("rejected")],
        "faithfulness": faithfulness(said, case),
        "words": len(said.split()),
        "reading_ease": round(reading_ease(said), 1),
        "tokens": counted.pieces,
        "first_s": counted.first,
        "seconds": round(time.perf_counter() - counted.began, 3),
    }


class Results:
    """The rows of one cell in a file: a run that was killed goes on after the last whole row."""

    def __init__(self, folder: Path, cell: Cell) -> None:
        self.path = folder / f"{cell.name}.jsonl"

    def rows(self) -> dict[int, dict[str, Any]]:
        """Rows by entry; a last line that was cut off is no row."""
        found: dict[int, dict[str, Any]] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            found[int(row["entry"])] = row
        return found

    def add(self, row: dict[str, Any]) -> None:
        """Appends one row."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        whole = not self.path.exists() or self.path.read_bytes()[-1:] in (b"", b"\n")
        with self.path.open("a", encoding="utf-8") as out:
            out.write(("" if whole else "\n") + json.dumps(row, ensure_ascii=False) + "\n")
