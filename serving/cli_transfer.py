"""`export` and `import`: everything out in any format, everything in after a preview, and an import taken back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from agent.errors import Invalid
from journal.transfer import apple, formats, mapping, packed
from serving.cli_archive import may_write, size, write
from serving.cli_connection import ask
from serving.cli_errors import FAILED
from serving.cli_help_card import help_card
from serving.cli_input import contents
from serving.cli_show import console, heading, show
from serving.cli_text import one_line

SHOWN_NOTES, SHOWN_NAMES = 12, 12
LARGE = 20 * 2**20
"""Bytes from which an Apple-style export is read here, and only what is in it of State of Mind is sent."""

STEPS = {
    "reading": "Reading the file", "screening": "Looking with care", "comparing": "Looking for what is there already",
    "feeling": "Reading the emotions", "storing": "Keeping it",
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What a person may say of an import."""

    format_name: str | None = None
    names: Path | None = None
    write_map: Path | None = None
    zone: str | None = None
    read: bool = True
    yes: bool = False


def export(url: str | None, file: Path, *, format_name: str | None, force: bool) -> None:
    """Writes everything into one file that only its owner can read. Raises `Invalid` for a file that is there, and
    `serving.cli_archive.CannotWrite`."""
    form = formats.named(format_name or formats.ARCHIVE)
    may_write(file, force=force)
    with console(stderr=True).status("Gathering everything"):
        data, written, left = ask(url, lambda client: client.export_counted(format_name))
    write(file, data, force=force)
    out = console()
    show(out, f"Your journal is in {file} ({size(len(data))}).")
    if written is not None:
        show(out, f"{_entries(written)} as {form.title}. {form.caution}".rstrip())
    if left:
        show(out, f"{_entries(left)} without a state of mind of your own had no place in it.")
    show(out, "It is not encrypted: whoever has the file can read it.")


def corrections(url: str | None, file: Path, *, force: bool) -> int:
    """Writes what the person lets training learn from; returns the exit code: 1, and no file, where that is nothing.
    Raises `Invalid` and `serving.cli_archive.CannotWrite`."""
    may_write(file, force=force)
    data, count = ask(url, lambda client: client.corrections())
    if not count:
        show(console(stderr=True), "You have shared no correction with training. Nothing was written.")
        return FAILED
    write(file, data, force=force)
    show(console(), f"{count:,} {'correction is' if count == 1 else 'corrections are'} in {file}, in your own words.")
    show(console(), "Only those that you agreed to share. It is not encrypted: whoever has the file can read it.")
    return 0


def import_(url: str | None, file: Path | None, wish: Wish) -> int:
    """Shows what a file holds, asks, and takes it in. Returns the exit code. Raises `Invalid`."""
    if file is None:
        raise Invalid("FILE", "found none; name the file to take in, or --undo list for what was taken in before")
    form = formats.named(wish.format_name) if wish.format_name else None
    data, form = _loaded(file, form)
    name, err = form.name if form else None, console(stderr=True)
    if wish.names:
        names = _text(wish.names)
        mapping.parsed(names)
        ask(url, lambda client: client.keep_names(names))
    with err.status("Looking at it"):
        preview = ask(
            url, lambda client: client.import_(data, format_name=name, zone=wish.zone, dry_run=True)
        )  # fmt: skip
    _show(err, preview)
    if wish.write_map:
        return _write_map(err, wish.write_map, preview["unmapped"])
    if not preview["new"]:
        show(err, "There is nothing new in it.")
        return 0
    if not wish.yes and not _sure(err, preview["new"]):
        show(err, "Nothing was taken in.")
        return FAILED
    report = _sent(url, data, name, wish, err)
    _told(report)
    return 0


def _loaded(file: Path, form: formats.Format | None) -> tuple[bytes, formats.Format | None]:
    """The bytes to send. A folder becomes a zip of its Markdown; of a large Apple-style export only State of Mind is
    sent, so that no size of file is too large."""
    if file.is_dir():
        notes = {str(p.relative_to(file)): contents(p, "FILE") for p in sorted(file.rglob("*.md")) if p.is_file()}
        return packed.folder(notes), form or formats.FORMATS["markdown"]
    try:
        with file.open("rb") as source:
            large = file.stat().st_size > LARGE
            known = form or (formats.detected(source) if large else None)
            if large and known and known.name == "apple":
                with console(stderr=True).status(f"Reading {size(file.stat().st_size)}"):
                    return b"".join(apple.condensed(source)), known
    except OSError as error:
        raise Invalid("FILE", f"cannot read {file}: {error.strerror or error}") from error
    return contents(file, "FILE"), form


def _text(file: Path) -> str:
    try:
        return contents(file, "--map").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("--map", f"{file} is not UTF-8 text; save it as UTF-8") from None


def _show(out: Console, preview: Mapping[str, Any]) -> None:
    """The preview: how many, which days, what is known, what was not understood."""
    show(out, f"{preview['title']}: {_entries(preview['entries'])}" + _span(preview))
    if preview["caution"]:
        show(out, preview["caution"], style="dim")
    facts = [f"{preview['new']:,} new", f"{preview['known']:,} already there"]
    facts += [f"{preview['left_out']:,} left out"] if preview["left_out"] else []
    facts += [f"{preview['with_text']:,} with words, {preview['with_state']:,} with a state of mind"]
    show(out, ", ".join(facts) + ".")
    if preview["zone_assumed"]:
        show(out, f"{_entries(preview['zone_assumed'])} without a time zone: yours is taken; --zone names another.")
    if preview["notes"]:
        heading(out, "Not understood")
        for note in preview["notes"][:SHOWN_NOTES]:
            show(out, one_line(note), indent=2)
        if preview["notes_count"] > SHOWN_NOTES:
            show(out, f"and {preview['notes_count'] - SHOWN_NOTES:,} more", indent=2, style="dim")
    _show_unmapped(out, preview["unmapped"])
    if card := (preview.get("safety") or {}).get("card"):
        help_card(out, card)


def _show_unmapped(out: Console, unmapped: Mapping[str, Mapping[str, int]]) -> None:
    if moods := unmapped["moods"]:
        heading(out, "Mood names without a place")
        show(out, ", ".join(f"{one_line(name)} ({n})" for name, n in list(moods.items())[:SHOWN_NAMES]), indent=2)
        show(out, "Write them to a map with --write-map names.yaml, fill it in, and give it with --map.", indent=2)


def _span(preview: Mapping[str, Any]) -> str:
    first, last = preview["first_day"], preview["last_day"]
    return f" from {first} to {last}." if first and first != last else f" of {first}." if first else "."


def _write_map(out: Console, file: Path, unmapped: Mapping[str, Mapping[str, int]]) -> int:
    may_write(file, force=False)
    text = mapping.template(unmapped["moods"], unmapped["activities"])
    write(file, text.encode(), force=False)
    show(out, f"The names are in {file}. Nothing was taken in yet.")
    return 0


def _sure(out: Console, count: int) -> bool:
    out.print(f"Take {_entries(count)} in? Type yes to go on: ", end="")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _sent(url: str | None, data: bytes, name: str | None, wish: Wish, out: Console) -> dict[str, Any]:
    with out.status("Sending it") as status:

        def told(progress: dict[str, Any]) -> None:
            of = f" {progress['done'] / progress['of']:.0%}" if progress.get("of") else ""
            status.update(STEPS.get(progress["step"], "Working") + of)

        return ask(
            url, lambda client: client.import_(data, format_name=name, zone=wish.zone, read=wish.read, told=told)
        )  # fmt: skip


def _told(report: Mapping[str, Any]) -> None:
    out = console()
    show(out, f"{_entries(report['added'])} added, {report['known']:,} already there.")
    if report.get("unread"):
        show(out, f"{_entries(report['unread'])} could not be read for emotions now.")
    if report.get("import"):
        show(out, f"To take it back: discovery import --undo {report['import']}")


def undo(url: str | None, import_id: str) -> int:
    """Takes an import back, or lists what can be. Raises `Invalid` where there is none."""
    out = console()
    if import_id in ("list", "last"):
        found = ask(url, lambda client: client.imports())
        if import_id == "list":
            for one in found:
                show(out, f"{one['id']}  {one['at'][:16]}  {one['format']}, {_entries(one['entries'])}")
            return 0 if found else _none(out)
        if not found:
            return _none(out)
        import_id = found[0]["id"]
    done = ask(url, lambda client: client.undo_import(import_id))
    show(out, f"{_entries(done['removed'])} removed.")
    if done["kept"]:
        show(out, f"{_entries(done['kept'])} stayed, because you changed them since.")
    return 0


def _none(out: Console) -> int:
    show(out, "Nothing was taken in that could be taken back.")
    return 0


def _entries(count: int) -> str:
    return f"{count:,} {'entry' if count == 1 else 'entries'}"


__all__ = ["Wish", "export", "import_", "undo"]
