"""Exit codes: what the person can mend, and what they cannot."""

from __future__ import annotations

import pytest
from fakes.api import scripted
from fakes.terminal import complaint, discovery

from agent.errors import ArtifactError, ConfigError, DiscoveryError, Invalid, NotFound, StorageFull, Unavailable
from serving.cli_errors import exit_code
from serving.client import ClientError
from serving.preflight import NotReady


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Invalid("--limit", "found 0"), 2),
        (ConfigError("local.yaml: unknown key"), 2),
        (ClientError("Cannot be used", "goal: found x", status=422), 2),
        (ClientError("Too large", status=413), 2),
        (ClientError("Not found", status=404), 1),
        (ClientError("Broken", status=500), 1),
        (ClientError("Not running"), 1),
        (NotReady("Port 8000 is taken."), 1),
        (Unavailable("later"), 1),
        (StorageFull("full"), 1),
        (NotFound("none"), 1),
        (ArtifactError("altered"), 1),
        (DiscoveryError("x"), 1),
    ],
)
def test_exit_codes(error: DiscoveryError, code: int) -> None:
    assert exit_code(error) == code


@pytest.mark.parametrize(("status", "code"), [(422, 2), (404, 1), (503, 1), (507, 1)])
def test_a_refusal_of_the_api_is_told_in_its_own_words_on_one_line(status: int, code: int) -> None:
    with scripted() as api:
        api.refuse("GET", "/v1/entries/abc", status, "It did not work", "found \x1b[31m\nabc", field="id")
        seen = discovery("show", "abc", api=api)
    assert complaint(seen, code) == "It did not work: id: found \u241b[31m abc."
    assert seen.stdout == ""
