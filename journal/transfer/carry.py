"""Between a person's rows and the bundle that formats read and write; inside the caller's transaction."""

from __future__ import annotations

from journal import drawers
from journal.person import PersonRows
from journal.rows import PARTS, written_of
from journal.transfer.archive import Bundle
from journal.transfer.belongings import travelling


def carry_out(rows: PersonRows) -> Bundle:
    """Everything of the person, entries oldest first."""
    ids = rows.ids()
    there = set(ids)
    feedback = [said if said.entry_id in there else said.model_copy(update={"entry_id": None}) for said in rows.said()]
    own = travelling(drawers.everything(rows))
    return Bundle(rows.entries(ids), rows.versions(), feedback, rows.settings(), own)


def carry_in(rows: PersonRows, bundle: Bundle) -> list[str]:
    """Adds what is not there yet; what is there wins. The ids of the entries that are new. The caller's transaction
    makes it all or nothing."""
    there = set(rows.ids())
    new = [entry for entry in bundle.entries if entry.id not in there]
    rows.insert((entry.id, written_of(entry)) for entry in new)
    rows.insert_parts(
        (entry.id, part, value) for entry in new for part in PARTS if (value := getattr(entry, part)) is not None
    )
    ids = {entry.id for entry in new}
    rows.put_versions(version for version in bundle.history if version.entry_id in ids)
    latest = {(said.item_id, said.entry_id): said.at for said in rows.said()}
    for said in bundle.feedback:
        kept = said if said.entry_id in ids | there else said.model_copy(update={"entry_id": None})
        place = (kept.item_id, kept.entry_id)
        if place not in latest or kept.at > latest[place]:
            latest[place] = kept.at
            rows.put_said(kept)
    if bundle.settings is not None and rows.settings() is None:
        rows.put_settings(bundle.settings)
    for drawer, things in bundle.drawers.items():
        for name in things.keys() - drawers.contents(rows, drawer).keys():
            drawers.put(rows, drawer, name, things[name])
    return [entry.id for entry in new]
