"""Bytes to text, HTML to plain text, rows of a CSV: what several formats need, read carefully and never rendered."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import BinaryIO

from agent.errors import Invalid
from journal.transfer.draft import Note, passed_over

MOST_CELL = 1_000_000
"""Characters in one cell of a CSV."""

LONGEST_TAG, MAX_TAGS = 40, 50


def decoded(source: BinaryIO) -> io.TextIOWrapper:
    """The stream as UTF-8 text, with or without a byte order mark, newlines as they are."""
    return io.TextIOWrapper(source, encoding="utf-8-sig", newline="")


def rows(source: BinaryIO, what: str, needed: Iterable[str]) -> Iterator[tuple[int, dict[str | None, object]]]:
    """The rows of a CSV with the line each begins at, by the names of its header and never by position; surplus cells
    stand under None. Raises `Invalid` where a column is missing or the bytes are no text."""
    csv.field_size_limit(MOST_CELL)
    text = decoded(source)
    try:
        reader = csv.DictReader(text, strict=False)
        header = [(name or "").strip() for name in reader.fieldnames or ()]
        missing = [name for name in needed if name not in header]
        if missing:
            found = ", ".join(header)[:80] or "no header"
            raise Invalid("file", f"This is not {what}: found the columns {found!r}, expected {', '.join(missing)}.")
        reader.fieldnames = header
        line = reader.line_num + 1
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise Invalid("file", f"byte {error.start:,} is not UTF-8 text; save the file as UTF-8.") from None
    except csv.Error as error:
        raise Invalid("file", f"line {reader.line_num + 1:,}: found a broken row ({error}), expected a CSV.") from None
    finally:
        text.detach()


def cell(row: dict[str | None, object], name: str) -> str:
    """One cell without blanks around it; empty where the row is too short."""
    return str(row.get(name) or "").strip()


def tags_of(where: str, names: Iterable[object], notes: list[Note]) -> tuple[str, ...]:
    """Names as tags: each once, whatever its case; what cannot be one is noted."""
    kept: dict[str, str] = {}
    for name in names:
        tag = " ".join(str(name).split())
        if len(tag) > LONGEST_TAG or (tag and len(kept) >= MAX_TAGS and tag.casefold() not in kept):
            notes.append(passed_over(where, tag, f"at most {MAX_TAGS} tags of at most {LONGEST_TAG} characters"))
        elif tag:
            kept.setdefault(tag.casefold(), tag)
    return tuple(kept.values())


class _Plain(HTMLParser):
    _BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        if tag == "br" or (tag in self._BREAKS and self.said and not self.said[-1].endswith("\n")):
            self.said.append("\n")
        if tag == "li":
            self.said.append("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self._hidden:
            self._hidden -= 1
        elif tag in self._BREAKS - {"br", "li"} and self.said and not self.said[-1].endswith("\n"):
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.said.append(data)


def plain(html: str) -> str:
    """The text of a piece of HTML: breaks become lines, scripts vanish, nothing is rendered."""
    if "<" not in html and "&" not in html:
        return html
    parser = _Plain()
    parser.feed(html)
    parser.close()
    return "".join(parser.said)


def as_html(text: str) -> str:
    """Text as `plain` reads it back: signs escaped, lines as breaks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")


def joined(title: str, body: str) -> str:
    """A title over its text, as one text; either alone where the other is empty."""
    return f"{title}\n\n{body}" if title and body else title or body
