"""What the chat keeps out and keeps in: foreign pages, foreign hosts, markup in texts, words on the disk."""

from __future__ import annotations

import re

import pytest
from fakes.browser import Chat, Visit, status, write
from fakes.scenes import SYMBOLS, carried, event, read, safe
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_text_is_shown_as_text_and_offsets_count_whole_characters(visit: Visit, chat: Chat) -> None:
    page = visit()
    words = "<b>cold</b> hands"
    told = event("explanation", text=f"“{words}” <b>and</b> [a link](https://evil.example)", source="evidence")
    chat.gateway.turn(SYMBOLS, safe(), read(("annoyance", 0.6)), carried(SYMBOLS, annoyance=words), told)
    entry = write(page, SYMBOLS)
    expect(entry.locator(".d-words")).to_have_text(SYMBOLS)
    expect(entry.locator(".d-words mark")).to_have_text([words])
    expect(entry.locator(".d-explanation")).to_contain_text("[a link](https://evil.example)")
    expect(entry.locator("b, img, a[href*=evil]")).to_have_count(0)
    assert page.title() == "Discovery"


def test_the_page_can_send_nothing_elsewhere(visit: Visit) -> None:
    page = visit()
    tried = page.evaluate("fetch('https://example.com/?q=secret').then(() => 'sent', () => 'refused')")
    assert tried == "refused"
    policy = page.evaluate("fetch('/').then((answer) => answer.headers.get('content-security-policy'))")
    assert re.search(r"default-src 'none'.*script-src 'self' 'unsafe-eval';", policy)


def test_nobody_else_gets_in_and_nothing_else_is_open(chat: Chat) -> None:
    assert status(chat.url, Host="evil.example") == 400
    assert status(f"{chat.url}/auth/header", "POST", Origin="https://evil.example") == 403
    assert status(f"{chat.url}/project/settings") == 401
    for method, path in (("POST", "/project/file?session_id=x"), ("POST", "/mcp"), ("GET", "/project/file/x")):
        assert status(chat.url + path, method) == 404
    assert status(f"{chat.url}/public/../../data/chat.secret") in (400, 404)


def test_no_word_of_an_entry_is_left_on_the_disk_or_in_the_log(visit: Visit, chat: Chat) -> None:
    page = visit()
    canary = "zebrafinch-7731"
    told = event("explanation", text=f"“{canary}” stands out.", source="evidence")
    chat.gateway.turn(canary, safe(), read(("joy", 0.7)), carried(canary, joy=canary), told)
    expect(write(page, canary).locator(".d-explanation")).to_contain_text(canary)
    files = [path for path in chat.folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    assert not [path for path in files if canary.encode() in path.read_bytes()]
    assert "Traceback" not in chat.log
