"""`consent`: what training may learn from."""

from __future__ import annotations

from fakes.api import scripted
from fakes.terminal import complaint, discovery, entry

SETTINGS = {"region": None, "read_emotions": True, "suggestions": True, "zone": None, "share_corrections": False}


def test_it_tells_how_things_stand_and_changes_them() -> None:
    with scripted() as api:
        api.expect("GET", "/v1/me", SETTINGS)
        assert discovery("consent", api=api).stdout.startswith("Your corrections stay with you")
        api.expect("PATCH", "/v1/me", SETTINGS | {"share_corrections": True}, body={"share_corrections": True})
        assert "may learn from your corrections" in discovery("consent", "yes", api=api).stdout
        api.expect("PATCH", "/v1/me", SETTINGS, body={"share_corrections": False})
        assert "stay with you" in discovery("consent", "no", api=api).stdout


def test_one_entry_can_be_told_apart() -> None:
    one = entry()
    with scripted() as api:
        for answer, sent in (("yes", True), ("no", False), ("usual", None)):
            api.expect("PATCH", f"/v1/entries/{one['id']}", one, body={"share": sent})
            assert discovery("consent", answer, "--entry", one["id"], api=api).exit_code == 0


def test_another_word_is_refused_before_anything_is_asked() -> None:
    with scripted() as api:
        assert "found 'maybe', allowed are yes, no" in complaint(discovery("consent", "maybe", api=api), 2)
        assert "allowed are yes, no" in complaint(discovery("consent", "usual", api=api), 2)
        assert "found none" in complaint(discovery("consent", "--entry", "x", api=api), 2)
