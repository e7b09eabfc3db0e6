"""How well the crisis screen sees, in numbers: `python -m eval.safety`.

Recall on outright and on implicit risk and false alarms on harmless texts, at level crisis and at concern or above,
with 95% Wilson intervals, by class, kind and split; then what disguised letters cost. Exits with 1 when the judged
split misses a target of `configs/safety.yaml`; with `--floors` when it falls below what was reached before.

The texts were written for this project. Rules and head are made on dev, and thresholds settled on `other`; `blind`
is by writers of whom nothing was read: it says what to expect of other people's texts.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict

from agent.config import resolve
from agent.domain import Level
from agent.safety import screen
from reader.crisis import CrisisHead

Class = Literal["explicit", "implicit", "negative"]
FILES: dict[str, Class | None] = {
    "explicit.jsonl": "explicit", "implicit.jsonl": "implicit", "negatives.jsonl": "negative", "other.jsonl": None,
    "more.jsonl": None, "blind.jsonl": None,
}  # fmt: skip
"""The files and the class that all their rows have; None for one that holds every class."""

SPLITS = ("dev", "other", "blind")
_ORDER = (Level.NONE, Level.CONCERN, Level.CRISIS)


class Row(BaseModel):
    """One labelled text. `kind` says what sort of text it is, `plan` in whose voice it was written, `writer` whose hand
    it is. `split` is dev (rules and head are made on it), other (half of a writer whose other half is in dev;
    thresholds are settled on it), or blind (writers of whom nothing is in dev, never tuned on)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    kind: str
    plan: str = ""
    writer: str
    split: Literal["dev", "other", "blind"]
    label: Class


class Targets(BaseModel):
    """What the judged split has to reach: two recalls at least, two false alarm rates and one cost at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    explicit_at_crisis: float
    implicit_at_concern: float
    negatives_at_crisis: float
    negatives_at_concern: float
    robustness_cost: float


class SafetyConfig(BaseModel):
    """The configuration of one run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path
    judged_split: Literal["dev", "other", "blind"]
    head: Path = Path("models/crisis")
    targets: Targets
    floors: Targets


class Rate(NamedTuple):
    """`hits` of `total`, with the 95% interval of Wilson."""

    hits: int
    total: int

    @property
    def share(self) -> float:
        """The point estimate; 0 for nothing at all."""
        return self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson score interval at 95%."""
        if not self.total:
            return 0.0, 1.0
        z, n, p = 1.959964, self.total, self.share
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.share:6.1%} [{low:.1%}, {high:.1%}] ({self.hits}/{self.total})"


def load(folder: Path) -> list[Row]:
    """All rows of all files. Raises `ValueError` naming file and line of a row that is not one."""
    rows = []
    for name, label in FILES.items():
        for number, line in enumerate((folder / name).read_text(encoding="utf-8").splitlines(), 1):
            data = json.loads(line)
            if (found := data.pop("class", None)) != label and label:
                raise ValueError(f"{folder / name}, line {number}: class must be {label!r}, as in the whole file")
            rows.append(Row(label=found, **data))
    return rows


def rates(rows: Iterable[Row], level_of: Callable[[str], Level]) -> dict[str, dict[str, Rate]]:
    """For each class and each `class/kind`, the rate at crisis and at concern or above."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        level = level_of(row.text)
        for key in (row.label, f"{row.label}/{row.kind}"):
            counts[key][0] += 1
            counts[key][1] += level is Level.CRISIS
            counts[key][2] += level is not Level.NONE
    return {key: {"crisis": Rate(c, n), "concern": Rate(o, n)} for key, (n, c, o) in sorted(counts.items())}


# --- disguises: the fixed list of what people do to letters, on purpose or not

_LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"})
_CYRILLIC = str.maketrans("aceiopxys", "асеіорхуѕ")
_WORD = re.compile(r"[A-Za-z']{4,}")


def _swapped(text: str) -> str:
    """Two inner letters of every sixth longer word change places, beginning with the first."""
    return _every(text, 6, lambda w: w[0] + w[2] + w[1] + w[3:])


def _dropped(text: str) -> str:
    """Every sixth longer word loses a letter in the middle, unless it is so short that another word is left."""
    return _every(text, 6, lambda w: w[: len(w) // 2] + w[len(w) // 2 + 1 :] if len(w) > 4 else w)


def _doubled(text: str) -> str:
    """Every sixth longer word has a letter twice."""
    return _every(text, 6, lambda w: w[:2] + w[1] + w[2:])


def _every(text: str, step: int, change: Callable[[str], str]) -> str:
    count = 0

    def one(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return change(match[0]) if count % step == 1 else match[0]

    return _WORD.sub(one, text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "letters swapped": _swapped,
    "letters dropped": _dropped,
    "letters doubled": _doubled,
    "digits for letters": lambda text: text.lower().translate(_LEET),
    "look-alike letters": lambda text: text.translate(_CYRILLIC),
    "zero-width characters": lambda text: _WORD.sub(lambda m: "\u200b".join(m[0]), text),
    "combining marks": lambda text: re.sub(r"([aeiou])", "\\1\u0336", text),
    "fullwidth letters": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "stretched letters": lambda text: re.sub(r"([aeiou])(?=\w*\b)(?!\w*[aeiou])", r"\1\1\1\1", text),
    "emoji between words": lambda text: text.replace(" ", " 🙂 "),
    "capitals": str.upper,
    "no capitals, no marks": lambda text: re.sub(r"[^\w\s]", "", text.lower()),
}


def cost(rows: Sequence[Row], levels_of: Callable[[Sequence[str]], list[Level]]) -> dict[str, tuple[float, float]]:
    """By disguise, the points of recall lost on explicit risk at crisis and on implicit risk at concern."""
    risky = [row for row in rows if row.label != "negative"]

    def recall(texts: Sequence[str]) -> tuple[float, float]:
        levels = dict(zip([row.text for row in risky], levels_of(texts), strict=True))
        found = rates(risky, levels.__getitem__)
        return found["explicit"]["crisis"].share, found["implicit"]["concern"].share

    explicit, implicit = recall([row.text for row in risky])
    lost = {}
    for name, disguise in DISGUISES.items():
        hidden = recall([disguise(row.text) for row in risky])
        lost[name] = (explicit - hidden[0], implicit - hidden[1])
    return lost


def misses(found: dict[str, dict[str, Rate]], lost: dict[str, tuple[float, float]], targets: Targets) -> list[str]:
    """What falls short of the targets, in words; empty when nothing does."""
    explicit, implicit = found["explicit"]["crisis"].share, found["implicit"]["concern"].share
    crisis, concern = found["negative"]["crisis"].share, found["negative"]["concern"].share
    worst = max(max(pair) for pair in lost.values())
    checks = [
        (explicit >= targets.explicit_at_crisis, "explicit risk at crisis", explicit, targets.explicit_at_crisis),
        (implicit >= targets.implicit_at_concern, "implicit risk at concern", implicit, targets.implicit_at_concern),
        (crisis <= targets.negatives_at_crisis, "false alarms at crisis", crisis, targets.negatives_at_crisis),
        (concern <= targets.negatives_at_concern, "false alarms at concern", concern, targets.negatives_at_concern),
        (worst <= targets.robustness_cost, "cost of the dearest disguise", worst, targets.robustness_cost),
    ]
    return [f"{name}: {value:.1%}, target {target:.1%}" for good, name, value, target in checks if not good]


def screened(head: CrisisHead | None) -> Callable[[Sequence[str]], list[Level]]:
    """The screen over many texts at once, with a head or by its rules alone."""

    def levels(texts: Sequence[str]) -> list[Level]:
        said = head.levels(texts) if head else [Level.NONE] * len(texts)
        return [screen(text, head=level).level for text, level in zip(texts, said, strict=True)]

    return levels


def table(rows: Sequence[Row], levels_of: Callable[[Sequence[str]], list[Level]]) -> dict[str, dict[str, Rate]]:
    """`rates` of rows under a screen."""
    levels = dict(zip([row.text for row in rows], levels_of([row.text for row in rows]), strict=True))
    return rates(rows, levels.__getitem__)


def _show(title: str, found: dict[str, dict[str, Rate]], kinds: bool) -> None:
    print(f"\n{title:24} {'at crisis':34} at concern or above")
    for key, rate in found.items():
        if kinds or "/" not in key:
            print(f"{key:24} {rate['crisis']!s:34} {rate['concern']!s}")


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the tables; 0 when the judged split meets every target (or floor), otherwise 1."""
    parser = argparse.ArgumentParser(prog="python -m eval.safety", description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/safety.yaml"), help="targets and data")
    parser.add_argument("--kinds", action="store_true", help="also by kind of text")
    parser.add_argument("--floors", action="store_true", help="judge by the regression floors, not by the targets")
    arguments = parser.parse_args(argv)
    config = SafetyConfig.model_validate(yaml.safe_load(arguments.config.read_text(encoding="utf-8")))
    rows = load(config.data)
    rules, whole = screened(None), screened(CrisisHead(resolve(config.head)))
    for split in SPLITS:
        mine = [row for row in rows if row.split == split]
        _show(f"{split}, rules", table(mine, rules), arguments.kinds)
        _show(f"{split}, with head", table(mine, whole), arguments.kinds)
    judged = [row for row in rows if row.split == config.judged_split]
    lost = cost(judged, whole)
    print(f"\n{'disguise':24} points lost with head: explicit at crisis, implicit at concern")
    for name, (explicit, implicit) in lost.items():
        print(f"{name:24} {explicit:+8.1%} {implicit:+8.1%}")
    wanted = config.floors if arguments.floors else config.targets
    short = misses(table(judged, whole), lost, wanted)
    what = "floor" if arguments.floors else "target"
    print("\n" + ("\n".join(f"below {what}: {line}" for line in short) or f"every {what} is met"))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
