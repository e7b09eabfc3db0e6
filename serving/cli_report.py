"""`report` and `remind`: a page of figures to give to somebody, and a file for the calendar."""

from __future__ import annotations

import shutil
from pathlib import Path

from agent.errors import DiscoveryError, Invalid
from serving.cli_archive import may_write, size, write
from serving.cli_connection import ask
from serving.cli_input import first_moment, last_moment
from serving.cli_show import console, show

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync",
    "--disable-component-update",
)  # fmt: skip


class NoBrowser(DiscoveryError):
    """There is no browser that could print a PDF."""


def report(url: str | None, file: Path, *, since: str | None, until: str | None, words: bool, force: bool) -> None:
    """Writes the report as HTML, or as PDF where FILE ends in .pdf. Raises `Invalid`, `NoBrowser`, `CannotWrite`."""
    if file.suffix.lower() not in (".html", ".htm", ".pdf"):
        raise Invalid("FILE", f"found {file.name!r}, expected a name that ends in .html or .pdf")
    may_write(file, force=force)
    first, last = first_moment(since, "--from"), last_moment(until, "--to")
    as_pdf = file.suffix.lower() == ".pdf"
    browser = _browser() if as_pdf else ""
    with console(stderr=True).status("Gathering the figures"):
        page = ask(url, lambda client: client.report(since=first, until=last, words=words))
        made = printed(page.decode(), browser) if as_pdf else page
    write(file, made, force=force)
    out = console()
    show(out, f"The report is in {file} ({size(len(made))}). It loads nothing from the network.")
    show(out, "It is not encrypted: whoever has the file can read it.")


def _browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise NoBrowser("A PDF needs Chromium or Chrome: install one, or write .html and print it from any browser.")
    return found


def printed(page: str, browser: str) -> bytes:
    """The page as PDF, printed by a browser that is kept off the network. The page goes through a pipe: it never lies
    on the disk. Raises `NoBrowser` where the browser fails."""
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as play:
            # Chromium refuses its sandbox to root, in containers as a rule; the page can reach nothing either way.
            opened = play.chromium.launch(executable_path=browser, args=[*FLAGS, "--no-sandbox"])
            try:
                context = opened.new_context(
                    offline=True, color_scheme="light", viewport={"width": 780, "height": 1000}
                )
                sheet = context.new_page()
                sheet.set_content(page, wait_until="load")
                sheet.wait_for_timeout(300)
                margin = {"top": "14mm", "bottom": "14mm", "left": "12mm", "right": "12mm"}
                return sheet.pdf(format="A4", margin=margin, print_background=True)  # type: ignore[arg-type]
            finally:
                opened.close()
    except Error as error:
        why = str(error).splitlines()[0][:120]
        raise NoBrowser(f"{browser} could not print the report ({why}); write .html and print it yourself.") from None


def remind(url: str | None, file: Path | None, *, at: list[str], days: str | None, off: bool, force: bool) -> None:
    """Keeps the times at which somebody wants to be asked, and writes them to a calendar file. Raises `Invalid`."""
    out = console()
    if off:
        ask(url, lambda client: client.keep_reminders([], []))
        show(out, "There are no reminders any more. Delete those that your calendar took in there.")
        return
    if file is not None:
        may_write(file, force=force)
    if at:
        named = [day for day in (days or "").split(",") if day.strip()]
        ask(url, lambda client: client.keep_reminders(at, named))
    kept = ask(url, lambda client: client.reminders())
    if not kept["at"]:
        raise Invalid("--at", "found no times; for example: discovery remind reminders.ics --at 21:00")
    on = f" on {', '.join(kept['days'])}" if kept["days"] else ""
    show(out, f"You will be asked at {', '.join(kept['at'])}{on}. It is just as well to leave it.")
    if file is not None:
        write(file, ask(url, lambda client: client.reminder_calendar()), force=force)
        show(out, f"The calendar file is {file}. Open it with your calendar; subscribed calendars may ignore alarms.")
