"""Small things of a person's own beside the entries: reminders, a map of names, a thread. Plain JSON, sealed."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlalchemy import delete, insert, select

from agent.errors import Invalid
from journal.person import PersonRows
from journal.rows import checked_text
from journal.schema import DrawerRow

MOST_BYTES = 1_000_000
"""Largest thing in a drawer, as UTF-8 JSON."""

MOST_NAME = 200
_DRAWER = re.compile(r"[a-z][a-z-]{0,39}")


def put(rows: PersonRows, drawer: str, name: str, value: Any) -> None:
    """Puts `value` into a drawer in the place of an earlier one of that name. Raises `Invalid`."""
    tag = _tag(rows, drawer, name)
    try:
        data = json.dumps([name, value], ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):  # a lone surrogate is a ValueError as well
        raise Invalid("value", "this is not plain JSON, or holds half of a surrogate pair.") from None
    if len(data) > MOST_BYTES:
        raise Invalid("value", f"found {len(data):,} bytes; at most {MOST_BYTES:,} are allowed.")
    drop(rows, drawer, name)
    sealed = rows.key.seal(data, entry=tag.hex(), field=f"drawer {drawer}")
    rows.conn.execute(insert(DrawerRow).values(person=rows.person, drawer=drawer, name=tag, sealed=sealed))


def contents(rows: PersonRows, drawer: str) -> dict[str, Any]:
    """Everything in a drawer by name. Raises `Invalid` for what cannot be the name of one."""
    query = select(DrawerRow.name, DrawerRow.sealed).filter_by(person=rows.person, drawer=_checked(drawer))
    return dict(sorted(_open(rows, drawer, tag, sealed) for tag, sealed in rows.conn.execute(query)))


def everything(rows: PersonRows) -> dict[str, dict[str, Any]]:
    """All drawers by name."""
    names = rows.conn.scalars(select(DrawerRow.drawer).filter_by(person=rows.person).distinct().order_by("drawer"))
    return {drawer: contents(rows, drawer) for drawer in list(names)}


def drop(rows: PersonRows, drawer: str, name: str | None = None) -> None:
    """Takes one thing out of a drawer, or everything."""
    gone = delete(DrawerRow).filter_by(person=rows.person, drawer=_checked(drawer))
    rows.conn.execute(gone if name is None else gone.filter_by(name=_tag(rows, drawer, name)))


def _open(rows: PersonRows, drawer: str, tag: bytes, sealed: bytes) -> tuple[str, Any]:
    name, value = json.loads(rows.key.open(sealed, entry=tag.hex(), field=f"drawer {drawer}"))
    return name, value


def _tag(rows: PersonRows, drawer: str, name: str) -> bytes:
    return rows.key.tag(checked_text("name", name, longest=MOST_NAME), field=f"drawer {_checked(drawer)}")


def _checked(drawer: str) -> str:
    if not _DRAWER.fullmatch(drawer):
        raise Invalid("drawer", f"found {ascii(drawer)[:60]}, expected up to 40 of a to z and -.")
    return drawer
