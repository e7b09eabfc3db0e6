"""Whose helplines a terminal asks for, and what an address is."""

from __future__ import annotations

import pytest
from fakes.api import scripted
from fakes.terminal import discovery

from agent.errors import Invalid
from serving.cli_connection import ask, language


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"LANG": "de_AT.UTF-8"}, "de-AT"),
        ({"LANG": "en_US", "LC_ALL": "pt_BR.utf8"}, "pt-BR"),
        ({"LANG": "en_US", "LC_MESSAGES": "fr_FR@euro"}, "fr-FR"),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "POSIX"}, None),
        ({"LANG": "de"}, None),
        ({"LANG": "en_GB\r\nx-evil: 1"}, None),
        ({}, None),
    ],
)
def test_the_language_of_a_terminal(
    settings: dict[str, str], found: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert language() == found


def test_the_language_travels_with_every_request() -> None:
    with scripted() as api:
        api.expect("GET", "/readyz", {"status": "ready", "parts": {}}, headers={"accept-language": "en-NZ"})
        assert discovery("status", api=api, LC_ALL="en_NZ.UTF-8").exit_code == 0


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "file:///etc/passwd", "http://", "http://[::1", "http://a b", "-"])
def test_an_address_that_is_none_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(Invalid, match="--api: found"):
        ask(url, lambda client: client.ready())
