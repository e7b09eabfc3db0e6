"""How things look on a terminal: bars, sentences, cards, entries. Colour only where there is a terminal to show it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from serving.chat_page import how_sure, mood
from serving.cli_text import moment, one_line, plain

Json = Mapping[str, Any]

BAR = 20
"""How many signs a bar for certainty has."""

WIDEST = 88
"""Longest line of running text, for reading's sake."""

COLOURS = {"pleasant": "green", "unpleasant": "magenta", "between": "cyan"}
"""The colour of an emotion by its mood; others have none."""

CALLED = {"neutral": "nothing in particular"}
"""What a label is called where its own name would puzzle."""

SOURCE = {
    "model": "Worded by a small language model, held to your own words. It can be wrong.",
    "evidence": "Put together from your own words. No language model was used.",
}

_QUOTED = re.compile(r"[\"\u201c]([^\"\u201c\u201d]+)[\"\u201d]")
_ENDING = ".,;:!?\u2026"


def console(*, stderr: bool = False) -> Console:
    """Standard output (or standard error) that takes every text for text: no markup, no emoji codes, no highlights."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def show(out: Console, text: Text | str = "", *, indent: int = 0, style: str = "") -> None:
    """A paragraph: wrapped for a terminal, and left in one piece for a file or another program."""
    words = text if isinstance(text, Text) else Text(plain(text), style=style)
    if not words:
        out.print()
    elif out.is_terminal:
        out.print(Padding(words, (0, 0, 0, indent), expand=False), width=min(out.width, WIDEST))
    else:
        for line in words.split("\n", allow_blank=True):
            out.print(" " * indent + line.plain, soft_wrap=True)


def bars(out: Console, emotions: Sequence[Json]) -> None:
    """Each emotion with how sure its reading is: in a bar, in per cent, and in words."""
    names = [one_line(CALLED.get(str(e["label"]), str(e["label"]))) for e in emotions]
    widest = max(map(len, names), default=0)
    full, empty = ("\u2588", "\u2591") if out.encoding.startswith("utf") else ("#", ".")
    for name, emotion in zip(names, emotions, strict=True):
        probability = float(emotion["probability"])
        filled = max(1, round(probability * BAR))
        line = Text(f"{name:<{widest}}  ").append(full * filled, colour(emotion["label"]))
        line.append(empty * (BAR - filled), "dim")
        show(out, line.append(f"  {percent(probability):>5}  {how_sure(probability)}"), indent=2)


def colour(label: str) -> str:
    """The colour of an emotion."""
    return COLOURS.get(mood(label), "")


def percent(probability: float) -> str:
    """A probability of 0..1 as whole per cent."""
    return f"{round(probability * 100)} %"


def heading(out: Console, words: str) -> None:
    """The beginning of a part."""
    show(out)
    show(out, words, style="bold")


def feelings(out: Console, reading: Json | None, own: Sequence[str] | None = None) -> None:
    """What was read, or what the person said instead, which wins."""
    if own is not None:
        heading(out, "In your own words: " + ", ".join(own) if own else "You said: none of these")
        return
    if reading is None:
        return
    found, guesses = reading["emotions"], reading.get("nearest", ())
    if reading.get("unsure") or not found:
        heading(out, "Hard to tell from these words")
        if guesses:
            show(out, "The nearest guesses, none of them a good one:")
        bars(out, guesses)
    else:
        even = all(e["label"] == "neutral" for e in found)
        heading(out, "This reads quite even" if even else "You might be feeling, as far as a machine can tell")
        bars(out, found)


def sentence(said: str, written: str) -> Text:
    """A sentence of the explanation in which words that the person wrote stand out."""
    shown, at = Text(), 0
    for found in _QUOTED.finditer(said):
        quote = found.group(1).rstrip(_ENDING).casefold()
        shown.append(plain(said[at : found.start()]))
        shown.append(plain(found.group()), "bold yellow" if quote in written.casefold() else "")
        at = found.end()
    return shown.append(plain(said[at:]))


def marked(text: str, spans: Sequence[Json]) -> Text:
    """What the person wrote, with the words marked that carried an emotion. Offsets count characters."""
    shown = Text(plain(text))
    for span in spans:
        shown.stylize(f"bold {colour(span['label'])}", span["start"], span["end"])
    return shown


def source(out: Console, sources: Sequence[str]) -> None:
    """Who worded the explanation."""
    show(out, SOURCE["model" if "model" in sources else "evidence"], style="dim")


def items(out: Console, found: Sequence[Json]) -> None:
    """Things to play or watch, each with its reason and with what one may want to know before."""
    for number, item in enumerate(found, 1):
        facts = [item["kind"], *([str(item["year"])] if item["year"] else []), length(item["minutes"])]
        facts += [word for word, given in (("free", item["free"]), ("with others", item["social"])) if given]
        title = Text(f"{number}. ").append(one_line(item["title"]), "bold")
        show(out, title.append(f" ({', '.join(facts)})", "dim"), indent=2)
        show(out, one_line(item["reason"]), indent=5)
        if item["warnings"]:
            show(out, f"Contains {one_line(', '.join(item['warnings']))}", indent=5)
        show(out, one_line(item["url"]), indent=5, style="dim")


def length(minutes: int) -> str:
    """How long something takes, in words."""
    if minutes < 100:
        return f"{minutes} min"
    return f"about {round(minutes / 60)} hours"


def entry_line(out: Console, entry: Json) -> None:
    """An entry in a list: when, what was in it, how it begins, and by which name `discovery show` knows it."""
    felt = ", ".join(entry["labels"]) or ("nothing in particular" if entry["emotions"] else "not read")
    show(out, Text(moment(entry["created_at"])).append(f" \u00b7 {one_line(felt)}", "bold"))
    beginning = Text(one_line(entry["text"]))
    beginning.truncate(min(out.width, WIDEST) - 2, overflow="ellipsis")
    show(out, beginning, indent=2)
    show(out, one_line(entry["id"]), indent=2, style="dim")
