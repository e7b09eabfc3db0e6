"""Every format by name, and which one a file is in."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from typing import BinaryIO, Final

from agent.errors import Invalid
from journal.transfer import apple, daylio, daylio_backup, dayone, fhir, hae, markdown, table
from journal.transfer.draft import Read, Write
from journal.transfer.packed import is_zip

ARCHIVE: Final = "discovery"
"""Our own archive, which `transfer.archive` reads and writes whole."""

HEAD = 1 << 16


@dataclass(frozen=True)
class Format:
    """A way in, out or both. `certain` says whether real files or a published form were there to build it from;
    `caution` is what a person should know before they trust it. `own_only` formats hold nothing but a state of mind
    that the person gave; they leave the text behind."""

    name: str
    title: str
    suffix: str
    media: str
    read: Read | None = None
    write: Write | None = None
    certain: bool = True
    caution: str = ""
    own_only: bool = False


_UNSEEN = (
    "No export of Apple's with State of Mind in it has been seen: this is compatible with four forms others assume."
)
_ONE_SIDED = "Built from what others have written about the format; no app has been asked whether it takes the file."

FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(ARCHIVE, "Discovery's own archive", "zip", "application/zip"),
        Format("apple", "Apple-style export.xml", "xml", "application/xml", apple.read, apple.write,
               certain=False, caution=_UNSEEN, own_only=True),
        Format("hae", "Health Auto Export JSON", "json", "application/json", hae.read, hae.write, own_only=True),
        Format("hae-csv", "Health Auto Export CSV", "csv", "text/csv", hae.read_csv),
        Format("daylio", "Daylio CSV", "csv", "text/csv", daylio.read, daylio.write,
               caution="A mood becomes one of five steps. The file names no time zone."),
        Format("daylio-backup", "Daylio backup", "daylio", "application/zip", daylio_backup.read, daylio_backup.write,
               certain=False, caution=_ONE_SIDED),
        Format("dayone", "Day One JSON", "json", "application/json", dayone.read, dayone.write,
               certain=False, caution=_ONE_SIDED),
        Format("markdown", "Markdown files in a zip", "zip", "application/zip", markdown.read, markdown.write),
        Format("csv", "CSV", "csv", "text/csv", table.read, table.write),
        Format("fhir", "HL7 FHIR R4 bundle", "json", "application/fhir+json", fhir.read, fhir.write,
               certain=False, own_only=True,
               caution="The profile is a ballot version and may change; the file passed our own check only."),
    )
}  # fmt: skip


def named(name: str) -> Format:
    """The format of this name. Raises `Invalid`."""
    if name not in FORMATS:
        raise Invalid("format", f"found {name[:40]!r}, expected one of {', '.join(FORMATS)}.")
    return FORMATS[name]


def detected(source: BinaryIO) -> Format:
    """The format a file is in by what stands in it; the place in the stream stays. Raises `Invalid`."""
    start = source.tell()
    try:
        name = _zipped(source) if is_zip(source) else _plain(source.read(HEAD))
    finally:
        source.seek(start)
    if name is None:
        raise Invalid("file", f"The format was not recognised. Name it: one of {', '.join(FORMATS)}.")
    return FORMATS[name]


def _zipped(source: BinaryIO) -> str | None:
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, EOFError):
        raise Invalid("file", "This zip cannot be opened or is damaged: export it again.") from None
    last = {name.rsplit("/", 1)[-1].lower() for name in names}
    if "manifest.json" in names and "entries.json" in names:
        return ARCHIVE
    if daylio_backup.MEMBER in last:
        return "daylio-backup"
    if "export.xml" in last:
        return "apple"
    if any(name.endswith(".md") for name in last):
        return "markdown"
    return "dayone" if any(name.endswith(".json") for name in last) else None


def _plain(head: bytes) -> str | None:
    text = head.decode("utf-8-sig", errors="replace").lstrip()
    if text.startswith("<"):
        return "apple" if "<HealthData" in text else None
    if text.startswith(("{", "[")):
        return _json(text)
    header = {name.strip().strip('"').lower() for name in text.split("\n", 1)[0].split(",")}
    if {"time", "mood", "activities", "note"} <= header:
        return "daylio"
    if {"start", "valence", "kind"} <= header:
        return "hae-csv"
    return "csv" if header & set(table.ALIASES["created_at"]) else None


def _json(text: str) -> str | None:
    if re.search(r'"resourceType"\s*:\s*"Bundle"', text):
        return "fhir"
    if re.search(r'"creationDate"\s*:', text) or re.match(r'\{\s*"metadata"', text):
        return "dayone"
    if re.search(r'"(stateOfMind|state_of_mind|valence)"\s*:', text) or re.match(r'\{\s*"data"\s*:', text):
        return "hae"
    return None
