"""Discovery's own archive: one zip with everything of a person, for people (Markdown) and for programs (JSON).

`manifest.json` names every other file with its size and sha256. Nothing is unpacked to disk; a file that the manifest
or this version does not know is refused, so that what was checked is what is read.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from agent.domain import Entry, Noun, Settings, as_json
from agent.errors import Invalid, NotFound
from agent.revision import Version
from journal.rows import Said, checked_id, checked_moment, checked_text, first_complaint
from journal.transfer.belongings import Drawers
from journal.transfer.belongings import check as check_drawers

FORMAT: Final = "discovery-journal"
VERSION: Final = 2
"""Version 1 had no `drawers.json`; it is read as well."""

MOST_BYTES = 512 * 2**20
"""Unpacked size of the largest archive that is taken in: some 80,000 ordinary entries."""

_DATA = ("entries.json", "history.json", "feedback.json", "settings.json", "drawers.json")
_MONTH = re.compile(r"entries/\d{4}-(0[1-9]|1[0-2])\.md")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Bundle:
    """Everything of one person. The entries carry no person that matters: whoever takes them in owns them."""

    entries: Sequence[Entry]
    history: Sequence[Version] = ()
    feedback: Sequence[Said] = ()
    settings: Settings | None = None
    drawers: Drawers = field(default_factory=dict)


class _File(Noun):
    sha256: str
    bytes: int


class _Manifest(Noun):
    format: Literal["discovery-journal"] = FORMAT
    version: Literal[1, 2] = VERSION
    made_at: str
    files: dict[str, _File]


def pack(bundle: Bundle, made_at: datetime) -> bytes:
    """The archive of a bundle."""
    entries = [entry.model_dump(mode="json", exclude={"person", "verdicts"}) for entry in bundle.entries]
    files = {
        "entries.json": _json(entries),
        "history.json": _json(as_json(list(bundle.history))),
        "feedback.json": _json(as_json(list(bundle.feedback))),
        "settings.json": _json(as_json(bundle.settings)),
        "drawers.json": _json(bundle.drawers),
    }
    files |= {name: text.encode() for name, text in _months(bundle.entries).items()}
    described = {name: _File(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data)) for name, data in files.items()}
    manifest = _Manifest(made_at=made_at.isoformat(), files=described)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest.model_dump_json(indent=1))
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def unpack(archive: bytes, *, most: int = MOST_BYTES) -> Bundle:
    """The bundle in an archive. Raises `Invalid` and says what is wrong with it: not a zip, larger than `most` bytes
    when unpacked, files that do not belong, wrong checksums, an unknown version, values that cannot be."""
    files = _files(archive, most)
    version = _check_manifest(files)
    entries = TypeAdapter(list[dict[str, Any]])
    bundle = Bundle(
        entries=[_entry(number, raw) for number, raw in enumerate(_parsed(files, "entries.json", entries), start=1)],
        history=_parsed(files, "history.json", TypeAdapter(list[Version])),
        feedback=_parsed(files, "feedback.json", TypeAdapter(list[Said])),
        settings=_parsed(files, "settings.json", TypeAdapter(Settings | None)),
        drawers=_drawers(files) if version > 1 else {},
    )
    _check_ids(bundle)
    return bundle


def _files(archive: bytes, most: int) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            _check_listing(opened.infolist(), most)
            return {info.filename: opened.read(info) for info in opened.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        # zipfile reads no more than the listing promises and then checks its sum, so a lying listing ends here too.
        raise _invalid("it cannot be opened as a zip, or is damaged. Export again, or use an older copy.") from None


def _check_listing(listing: Sequence[zipfile.ZipInfo], most: int) -> None:
    names = [info.filename for info in listing]
    for info in listing:
        name = info.filename
        if name not in (*_DATA, "manifest.json") and not _MONTH.fullmatch(name):
            raise _invalid(f"it holds {name[:80]!r}, which no Discovery archive has.")
        if info.flag_bits & 1:
            raise _invalid(f"{name} is locked with a password; unpack it and zip it again without one.")
    if len(names) != len(set(names)):
        raise _invalid("it holds two files of the same name.")
    size = sum(info.file_size for info in listing)
    if size > most:
        raise _invalid(f"unpacked it would have {size:,} bytes; at most {most:,} are allowed.")


def _check_manifest(files: dict[str, bytes]) -> int:
    """The version of the archive, every file of which is what the manifest says."""
    raw = _parsed(files, "manifest.json", TypeAdapter(dict[str, Any]))
    if raw.get("format") != FORMAT:
        raise _invalid(f"manifest.json: format is {str(raw.get('format'))[:80]!r}, expected {FORMAT!r}.")
    if raw.get("version") not in (1, VERSION):
        raise _invalid(
            f"manifest.json: version is {str(raw.get('version'))[:80]}, this Discovery reads versions up to {VERSION}. "
            "Use the Discovery that made it, or a newer one."
        )
    listed = _parsed(files, "manifest.json", TypeAdapter(_Manifest)).files
    for name in sorted(set(listed) ^ (set(files) - {"manifest.json"})):
        raise _invalid(f"{name[:80]!r} is {'missing' if name in listed else 'not in manifest.json'}.")
    for name, known in listed.items():
        found = hashlib.sha256(files[name]).hexdigest()
        if found != known.sha256:
            raise _invalid(
                f"{name} was altered or damaged: expected sha256 {known.sha256[:16]}..., found {found[:16]}...; "
                "export again, or use an older copy."
            )
    return int(raw["version"])


def _drawers(files: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = _parsed(files, "drawers.json", TypeAdapter(dict[str, dict[str, Any]]))
    try:
        check_drawers(found)
    except Invalid as error:
        raise _invalid(str(error)) from None
    return found


def _parsed(files: Mapping[str, bytes], name: str, kind: TypeAdapter[Any]) -> Any:
    if name not in files:
        raise _invalid(f"{name} is missing.")
    try:
        return kind.validate_json(files[name])
    except ValidationError as error:
        raise _invalid(f"{name}: {first_complaint(error)}") from None


def _entry(number: int, raw: dict[str, Any]) -> Entry:
    """One entry, held to what `Store.add` would hold it to."""
    try:
        entry = Entry.model_validate(raw | {"person": ""})
        checked_id(entry.id)
        checked_text("text", entry.text)
        checked_moment("created_at", entry.created_at)
        ends = [span.end for span in entry.evidence or ()]
    except ValidationError as error:
        raise _invalid(f"entries.json, entry {number}: {first_complaint(error)}") from None
    except NotFound:
        raise _invalid(f"entries.json, entry {number}: id is not a random UUID (version 4).") from None
    except Invalid as error:
        raise _invalid(f"entries.json, entry {number}: {error}") from None
    if ends and max(ends) > len(entry.text):
        raise _invalid(f"entries.json, entry {number}: evidence ends at {max(ends)}, the text at {len(entry.text)}.")
    return entry


def _check_ids(bundle: Bundle) -> None:
    ids = [entry.id for entry in bundle.entries]
    if len(ids) != len(set(ids)):
        raise _invalid("entries.json holds two entries with the same id.")
    versions = [(version.entry_id, version.number) for version in bundle.history]
    if not {entry_id for entry_id, _ in versions} <= set(ids) or len(versions) != len(set(versions)):
        raise _invalid("history.json holds a version twice, or of an entry that is not there.")


def _months(entries: Sequence[Entry]) -> dict[str, str]:
    """Markdown by month of the person's own calendar, oldest first."""
    months: dict[str, list[Entry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.created_at):
        months[f"entries/{entry.created_at.year:04d}-{entry.created_at.month:02d}.md"].append(entry)
    return {name: "\n\n".join([_title(found[0]), *map(_page, found)]) + "\n" for name, found in months.items()}


def _title(entry: Entry) -> str:
    return f"# {_MONTHS[entry.created_at.month - 1]} {entry.created_at.year}"


def _page(entry: Entry) -> str:
    at = entry.created_at
    lines = [f"## {at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M}", entry.text]
    facts = [f"Felt: {', '.join(entry.labels)}"] if entry.labels else []
    facts += [f"Hoped for: {entry.goal.value}"] if entry.goal else []
    if entry.state_of_mind:
        facts.append(f"Valence: {entry.state_of_mind.valence:+.2f}")
        facts += [f"About: {', '.join(entry.state_of_mind.associations)}"] if entry.state_of_mind.associations else []
    return "\n\n".join([*lines, f"*{'. '.join(facts)}.*"] if facts else lines)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _invalid(message: str) -> Invalid:
    return Invalid("archive", f"This cannot be taken in: {message}")
