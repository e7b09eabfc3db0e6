"""`export.xml` in the manner of Apple Health, with State of Mind in it.

No real export that holds State of Mind has been seen, so four shapes are accepted that other programs assume: (A) a
`<StateOfMind>` element; (B, C, D) a `<Record>` whose type names State of Mind, with `<MetadataEntry>` children. We
write shape A and call it compatible, not Apple's. There is no text in it.

Expat reads it in pieces: of a file of any length only the element at hand is in memory. Entities are refused, and the
document type is read and not followed, so no file can reach another or swell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO, BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from agent.errors import Invalid
from journal.transfer.draft import Draft, Found, How, Note, left_out
from journal.transfer.moments import EXPECTED, in_zone, moment
from journal.transfer.names import camel, class_of, listed, state
from journal.transfer.packed import is_zip, opened, piece

CHUNK = 1 << 18
NAME = "an Apple-style export.xml"

_RECORDS = frozenset({"HKCategoryTypeIdentifierStateOfMind", "HKStateOfMindSample", "HKDataTypeStateOfMind"})
_META = re.compile(r"(?:HK)?(?:StateOfMind|Mood)?_?(kind|valence|valenceclassification|labels?|associations?)\d*", re.I)


Raw = dict[str, list[str]]
"""What stands in one element: attributes and metadata by lower-case name, and `line`, where it begins."""


def read(source: BinaryIO, how: How) -> Iterator[Found]:
    """Drafts of the State of Mind in an export, zipped or not."""
    for raw in elements(source):
        if isinstance(raw, Note):
            yield raw
        else:
            yield from _drafts(raw, how)


def elements(source: BinaryIO) -> Iterator[Raw | Note]:
    """The elements that hold State of Mind, as they stand, in flat memory."""
    if not is_zip(source):
        yield from _elements(source)
        return
    with opened(source) as archive:
        found = [i for i in archive.infolist() if i.filename.rsplit("/", 1)[-1].lower() == "export.xml"]
        if not found:
            raise Invalid("file", f"This is not {NAME}: the zip holds no export.xml.")
        with piece(archive, found[0]) as xml:
            yield from _elements(xml)


def _elements(source: IO[bytes]) -> Iterator[Raw | Note]:
    handler = _Handler()
    parser = handler.parser
    try:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk, False)
            yield from handler.taken()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        yield from handler.taken()
        if not handler.rooted:
            raise Invalid("file", f"This is not {NAME}: line {error.lineno} is not XML ({error}).") from None
        yield left_out(
            f"line {error.lineno}", f"broken XML ({error})", "well-formed XML; what stands before it is read"
        )


class _Handler:
    """What the parser calls. The end of elements is listened for only inside one that matters: most do not."""

    def __init__(self) -> None:
        self.rooted = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._root
        self.parser.EntityDeclHandler = self._entity
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._found: list[Raw] = []
        self._open: Raw | None = None
        self._tag = ""

    def taken(self) -> list[Raw]:
        """What was found since the last call."""
        found, self._found = self._found, []
        return found

    def _entity(self, *_: object) -> None:
        raise Invalid("file", "The file declares entities, which no export does; it is not read.")

    def _root(self, tag: str, attributes: dict[str, str]) -> None:
        if tag != "HealthData":
            raise Invalid("file", f"This is not {NAME}: found the root <{tag[:40]}>, expected <HealthData>.")
        self.rooted = True
        self.parser.StartElementHandler = self._start

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._open is not None:
            self._inside(tag, attributes)
        elif tag == "StateOfMind" or (tag == "Record" and attributes.get("type") in _RECORDS):
            line = str(self.parser.CurrentLineNumber)
            self._open = {"line": [line]} | {name.lower(): [value] for name, value in attributes.items()}
            self._tag = tag
            self.parser.EndElementHandler = self._end

    def _inside(self, tag: str, attributes: dict[str, str]) -> None:
        assert self._open is not None
        name, value = attributes.get("key", tag), attributes.get("value", attributes.get("name", ""))
        if known := _META.fullmatch(name):
            kind = known[1].lower()
            plural = f"{kind}s" if kind in ("label", "association") else kind
            self._open.setdefault(plural, []).append(value)
        elif name in ("HKTimeZone", "HKExternalUUID"):
            self._open[name.lower()] = [value]

    def _end(self, tag: str) -> None:
        if tag != self._tag or self._open is None:
            return
        self._found.append(self._open)
        self._open, self.parser.EndElementHandler = None, None


def _drafts(raw: Raw, how: How) -> list[Found]:
    where = f"line {raw['line'][-1]}"

    def one(*names: str) -> str | None:
        return next((raw[name][-1] for name in names if raw.get(name)), None)

    stamp = one("startdate", "creationdate", "date", "enddate")
    known = moment(stamp, how.zone) if stamp else None
    if known is None:
        return [left_out(where, stamp or "no startDate", EXPECTED)]
    at, assumed = known
    at, zone = in_zone(at, one("hktimezone")) if one("hktimezone") else (at, None)
    labels = [name for value in raw.get("labels", ()) for name in listed(value)]
    associations = [name for value in raw.get("associations", ()) for name in listed(value)]
    mind, notes = state(
        where, valence=one("valence", "value"), kind=one("kind"), labels=labels, associations=associations,
        named_class=one("valenceclassification"),
    )  # fmt: skip
    if mind is None:
        return [notes[0].model_copy(update={"left_out": True})]
    identity = one("hkexternaluuid", "uuid", "id")
    source = {"sourceName": raw["sourcename"][0]} if raw.get("sourcename", ["Discovery"])[0] != "Discovery" else {}
    draft = Draft(
        where=where, created_at=at, zone=zone, assumed=assumed, state_of_mind=mind, id=identity, extra=dict(source)
    )
    return [*notes, draft]


def write(drafts: Iterable[Draft]) -> Iterator[bytes]:
    """Shape A; entries without a state of mind of the person's own have no place in it."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- Written by Discovery: compatible with readers of Apple Health '
    yield b"exports, not made by Apple. -->\n<HealthData>\n"
    for draft in drafts:
        if draft.state_of_mind:
            yield _element(draft).encode()
    yield b"</HealthData>\n"


def _element(draft: Draft) -> str:
    mind, at = draft.state_of_mind, f"{draft.created_at:%Y-%m-%d %H:%M:%S %z}"
    assert mind is not None
    attributes = {
        "kind": camel(mind.kind), "valence": repr(mind.valence), "valenceClassification": camel(class_of(mind.valence)),
        "labels": ",".join(map(camel, mind.labels)), "associations": ",".join(map(camel, mind.associations)),
        "sourceName": str(draft.extra.get("sourceName") or "Discovery"), "startDate": at, "endDate": at,
    }  # fmt: skip
    written = " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items() if value)
    facts = {"HKTimeZone": draft.zone, "HKExternalUUID": draft.id}
    entries = "".join(f"<MetadataEntry key={quoteattr(k)} value={quoteattr(v)}/>" for k, v in facts.items() if v)
    return f" <StateOfMind {written}>{entries}</StateOfMind>\n"


def condensed(source: BinaryIO) -> Iterator[bytes]:
    """A small file with only the State of Mind of a large export, as it stood there: what has to travel of it."""
    yield b"<HealthData>\n"
    for raw in elements(source):
        if isinstance(raw, Note):
            # Cut off here as the large file is, so that whoever reads it is told the same.
            yield b"<"
            return
        attributes = " ".join(f"{name}={quoteattr(','.join(values))}" for name, values in raw.items())
        yield f" <StateOfMind {attributes}/>\n".encode()
    yield b"</HealthData>\n"
