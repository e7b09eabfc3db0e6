"""The journal itself: every method of `agent.ports.Journal`, plain and synchronous, over one database and one key file.

Thread-safe. Raises only `agent.errors`. Each change is on the disk before its method returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import delete, select

from agent.domain import Added, Correction, Entry, Goal, Idempotency, Part, Settings, StateOfMind, Verdict
from agent.errors import ConfigError, Invalid, NotFound, Unavailable
from journal import idempotency as turns
from journal.database import Database
from journal.insights import summarise
from journal.memory import Memory
from journal.migrations import migrate
from journal.pages import checked_limit, page
from journal.person import PersonRows
from journal.rows import (
    Said,
    Written,
    checked_id,
    checked_moment,
    checked_text,
    entry_of,
    invalid_from,
    merged,
    written_of,
)
from journal.schema import Person
from journal.search import Embed, rank
from journal.transfer.archive import Bundle, pack, unpack
from journal.transfer.carry import carry_in, carry_out
from journal.vault import Tampered, Vault

MOST_PERSON = 200
"""Characters in the id of a person."""


def local_now() -> datetime:
    """The present moment with the offset of this machine, so that an entry knows its local day."""
    return datetime.now().astimezone()


class Store:
    """A journal for any number of persons, none of whom can see another's rows."""

    def __init__(
        self,
        url: str,
        key_file: Path,
        *,
        embed: Embed | None = None,
        clock: Callable[[], datetime] = local_now,
    ) -> None:
        """Opens (and at first use makes) the database at `url` and the key file, and runs the migrations. `embed`
        turns texts into unit vectors, float32 (n, 384), for search by meaning. Raises `ConfigError` for a wrong URL,
        key file or permission, and `Unavailable`."""
        self._db = Database(url)
        self._clock = clock
        self._memory = Memory(embed)
        try:
            with self._db.write() as conn:
                migrate(conn)
            self._vault = self._open_vault(key_file)
        except BaseException:
            self._db.close()
            raise

    def _open_vault(self, key_file: Path) -> Vault:
        with self._db.read() as conn:
            somebody = conn.execute(select(Person.id, Person.wrapped_key).limit(1)).one_or_none()
        vault = Vault.open(key_file, create=somebody is None)
        if somebody:
            try:
                vault.unwrap(somebody.id, somebody.wrapped_key)
            except Tampered:
                raise ConfigError(
                    f"{key_file}: this key belongs to another journal. Put back the key that was made with it."
                ) from None
        return vault

    def close(self) -> None:
        """Closes the database."""
        self._db.close()

    def check(self) -> None:
        """Returns when the journal can be read. Raises `Unavailable`; for health checks."""
        with self._db.read() as conn:
            conn.execute(select(Person.id).limit(1))

    # Entries

    def add(
        self,
        person: str,
        text: str,
        *,
        goal: Goal | None = None,
        state_of_mind: StateOfMind | None = None,
        created_at: datetime | None = None,
        idempotency: Idempotency | None = None,
    ) -> Added:
        """Stores the text durably (fsync) before it returns. Raises `Invalid`, `Conflict` while the same key still
        runs, `KeyReused` when it came with another body, `StorageFull` and `Unavailable`."""
        now = self._clock()
        written = _written(text, checked_moment("created_at", created_at or now), goal, state_of_mind)
        with self._writing(person, create=True) as rows:
            if idempotency and (held := turns.claim(rows, idempotency, now)):
                return Added(entry=rows.entry(held[0]), state=held[1])
            entry_id = str(uuid4())
            rows.insert([(entry_id, written)])
            if idempotency:
                turns.begin(rows, idempotency, entry_id, now)
        return Added(entry=entry_of(person, entry_id, written, {}), state="new")

    def finish(self, person: str, key: str, *, whole: bool) -> None:
        """Ends the turn of an idempotency key: `whole` keeps its result as the answer to repeats, otherwise the next
        repeat takes the turn up again. A key that is not there, or no longer, is passed over."""
        with suppress(NotFound), self._writing(person) as rows:
            turns.end(rows, checked_text("key", key), whole=whole)

    def attach(self, person: str, entry_id: str, part: Part, value: Any) -> None:
        """Adds or replaces one computed part; `value` is what the field of `Entry` holds. Raises `Invalid`,
        `NotFound`."""
        with self._writing(person) as rows:
            rows.attach(checked_id(entry_id), part, value)
            turns.renew(rows, entry_id, self._clock())

    def get(self, person: str, entry_id: str) -> Entry:
        """One entry. Raises `NotFound`."""
        with self._reading(person) as rows:
            found = rows.entries([checked_id(entry_id)]) if rows else []
        if not found:
            raise NotFound("There is no such entry.")
        return found[0]

    def entries(
        self,
        person: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        emotion: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> tuple[list[Entry], str | None]:
        """Entries of `since <= time < until`, newest first, and the cursor of the next page. Raises `Invalid`."""
        with self._reading(person) as rows:
            newest = self._memory.shelf(rows).newest if rows else ()
            ids, following = page(newest, since=since, until=until, emotion=emotion, limit=limit, cursor=cursor)
            return (rows.entries(ids) if rows else []), following

    def edit(
        self, person: str, entry_id: str, *, text: str | None = None, correction: Correction | None = None
    ) -> Entry:
        """Corrects an entry and keeps what it was before. A new text drops what was computed from the old one; a
        correction changes the fields that it names. Raises `Invalid`, `NotFound`."""
        with self._writing(person) as rows:
            was = written_of(rows.entry(checked_id(entry_id)))
            changes: dict[str, Any] = {} if text is None else {"text": checked_text("text", text)}
            if correction is not None:
                changes["correction"] = merged(was.correction, correction)
            now = was.model_copy(update=changes)
            if now != was:
                rows.keep_version(entry_id, was, checked_moment("clock", self._clock()))
                rows.rewrite(entry_id, now)
            if now.text != was.text:
                rows.drop_parts(entry_id)
            return rows.entry(entry_id)

    def delete(self, person: str, entry_id: str) -> None:
        """Removes an entry, its parts, its history and its idempotency keys for good. Raises `NotFound`."""
        with self._writing(person) as rows:
            rows.remove(checked_id(entry_id))
        # It is gone either way; where another program keeps SQLite from tidying up now, the next deletion does.
        self._db.scrub(whole=False)

    def search(self, person: str, query: str, *, limit: int = 20) -> list[Entry]:
        """Entries that hold the words or come near the meaning of `query`, best first. Raises `Invalid`."""
        checked_text("q", query)
        checked_limit(limit)
        with self._reading(person) as rows:
            shelf = self._memory.shelf(rows) if rows else None
        if shelf is None or not query.strip():
            return []
        cosines = self._memory.cosines(person, shelf, query, lambda ids: self._some(person, ids))
        best = rank([sketch.words for sketch in shelf.newest], query, cosines=cosines, limit=limit)
        return self._some(person, [shelf.newest[position].id for position in best])

    def insights(self, person: str, *, since: datetime | None = None, until: datetime | None = None) -> dict[str, Any]:
        """Figures of `since <= time < until` as plain JSON: see `journal.insights`. Raises `Invalid`."""
        since = checked_moment("since", since) if since else None
        until = checked_moment("until", until) if until else None
        with self._reading(person) as rows:
            newest = self._memory.shelf(rows).newest if rows else ()
        return summarise((sketch.moment for sketch in newest), since=since, until=until)

    # Feedback and settings

    def feedback(self, person: str, item_id: str, verdict: Verdict, *, entry_id: str | None = None) -> None:
        """Keeps what the person said of a suggestion; a later verdict on the same item replaces an earlier one.
        Raises `Invalid`, and `NotFound` for an entry that is not there."""
        at = checked_moment("clock", self._clock())
        try:
            said = Said(item_id=checked_text("item_id", item_id), verdict=verdict, at=at, entry_id=entry_id)
        except ValidationError as error:
            raise invalid_from(error) from None
        with self._writing(person, create=True) as rows:
            if entry_id is not None:
                rows.entry(checked_id(entry_id))
            rows.put_said(said)

    def verdicts(self, person: str) -> dict[str, Verdict]:
        """The latest verdict by item id."""
        with self._reading(person) as rows:
            return {said.item_id: said.verdict for said in rows.said()} if rows else {}

    def settings(self, person: str) -> Settings:
        """What the person has chosen; defaults for somebody new."""
        with self._reading(person) as rows:
            return (rows.settings() if rows else None) or Settings()

    def save_settings(self, person: str, settings: Settings) -> None:
        """Replaces the settings."""
        with self._writing(person, create=True) as rows:
            rows.put_settings(settings)

    # Everything out, everything in, everything gone

    def export(self, person: str) -> bytes:
        """Everything of this person in one zip archive: see `journal.transfer.archive`."""
        with self._reading(person) as rows:
            bundle = carry_out(rows) if rows else Bundle(entries=())
        return pack(bundle, self._clock())

    def import_archive(self, person: str, archive: bytes) -> dict[str, int]:
        """Takes an archive in, all or nothing: counts of `added` and `known`. What is there already wins over what
        the archive says of it. Raises `Invalid`."""
        bundle = unpack(archive)
        with self._writing(person, create=True) as rows:
            return carry_in(rows, bundle)

    def erase(self, person: str) -> None:
        """Removes everything of this person and the key that could read it. Raises `Unavailable` when encrypted
        traces stay in the files; everything is deleted then, and erasing again removes the traces."""
        with self._db.write() as conn:
            conn.execute(delete(Person).where(Person.id == _checked_person(person)))
        self._memory.forget(person)
        if not self._db.scrub(whole=True):
            raise Unavailable(
                "Everything was deleted, but encrypted traces stay in the journal's files because another program "
                "holds them open or the disk is full. Mend that, then erase once more."
            )

    def _some(self, person: str, ids: Sequence[str]) -> list[Entry]:
        with self._reading(person) as rows:
            return rows.entries(ids) if rows else []

    @contextmanager
    def _reading(self, person: str) -> Iterator[PersonRows | None]:
        with self._db.read() as conn:
            rows = PersonRows.reading(conn, self._vault, _checked_person(person))
            if rows is None:
                self._memory.forget(person)
            yield rows

    @contextmanager
    def _writing(self, person: str, *, create: bool = False) -> Iterator[PersonRows]:
        with self._db.write() as conn:
            yield PersonRows.writing(conn, self._vault, _checked_person(person), create=create)


def _checked_person(person: str) -> str:
    if not person or "\0" in person:
        raise Invalid("person", "an id has at least one character and no NUL.")
    return checked_text("person", person, longest=MOST_PERSON)


def _written(text: str, at: datetime, goal: Goal | None, state_of_mind: StateOfMind | None) -> Written:
    checked_text("text", text)
    try:
        return Written(text=text, created_at=at, goal=goal, state_of_mind=state_of_mind)
    except ValidationError as error:
        raise invalid_from(error) from None
