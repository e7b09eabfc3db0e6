"""What a person said of suggestions: one verdict for each item beneath each entry, or beneath none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from agent.domain import Suggestion, Verdict
from journal.rows import Said, seal
from journal.schema import FeedbackRow
from journal.vault import PersonKey

_MOST_TAGS = 400


def put(conn: Connection, person: str, key: PersonKey, said: Said) -> None:
    """Keeps a verdict in the place of an earlier one on the same item beneath the same entry."""
    item = _tag(key, said.item_id, said.entry_id)
    conn.execute(delete(FeedbackRow).filter_by(person=person, item=item))
    sealed = seal(key, item.hex(), "feedback", said)
    conn.execute(insert(FeedbackRow).values(person=person, item=item, sealed=sealed))


def forget(conn: Connection, person: str) -> None:
    """Removes every verdict."""
    conn.execute(delete(FeedbackRow).where(FeedbackRow.person == person))


def everything(conn: Connection, person: str, key: PersonKey) -> list[Said]:
    """All verdicts, in the order they were given."""
    rows = conn.execute(select(FeedbackRow.item, FeedbackRow.sealed).where(FeedbackRow.person == person))
    opened = [_open(key, item, sealed) for item, sealed in rows]
    return sorted(opened, key=lambda said: (said.at, said.item_id))


def beneath(
    conn: Connection, person: str, key: PersonKey, suggested: Mapping[str, Sequence[Suggestion]]
) -> dict[str, dict[str, Verdict]]:
    """By entry and item, what was said of these suggestions, given by entry."""
    # Verdicts of the first version have the item alone for a tag, and know their entry all the same.
    tags = {_tag(key, s.item.id, place) for e, items in suggested.items() for s in items for place in (e, None)}
    found: dict[str, dict[str, Verdict]] = defaultdict(dict)
    for said in _some(conn, person, key, list(tags)):
        if said.entry_id is not None and said.entry_id in suggested:
            found[said.entry_id][said.item_id] = said.verdict
    return found


def part_from(conn: Connection, person: str, key: PersonKey, entry_id: str, suggestions: Iterable[Suggestion]) -> None:
    """Keeps what was said beneath an entry that goes, without the entry: the taste stays, the page does not."""
    for suggestion in suggestions:
        tags = [_tag(key, suggestion.item.id, place) for place in (entry_id, None)]
        there = sorted(_some(conn, person, key, tags), key=lambda said: said.at)
        if any(said.entry_id == entry_id for said in there):
            conn.execute(delete(FeedbackRow).where(FeedbackRow.person == person, FeedbackRow.item.in_(tags)))
            put(conn, person, key, there[-1].model_copy(update={"entry_id": None}))


def _some(conn: Connection, person: str, key: PersonKey, tags: Sequence[bytes]) -> Iterable[Said]:
    for start in range(0, len(tags), _MOST_TAGS):
        some = tags[start : start + _MOST_TAGS]
        rows = conn.execute(
            select(FeedbackRow.item, FeedbackRow.sealed).where(FeedbackRow.person == person, FeedbackRow.item.in_(some))
        )
        for item, sealed in rows:
            yield _open(key, item, sealed)


def _open(key: PersonKey, item: bytes, sealed: bytes) -> Said:
    return Said.model_validate_json(key.open(sealed, entry=item.hex(), field="feedback"))


def _tag(key: PersonKey, item_id: str, entry_id: str | None) -> bytes:
    return key.tag(f"{entry_id} {item_id}" if entry_id else item_id, field="item")
