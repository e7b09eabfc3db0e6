"""The crisis screen for what people write, and the review of what Discovery says. Plain rules, before and without any
model: nothing here can be down.

The rules read English, and a few explicit phrases of six other languages. They are wrong in both directions: they
miss risk that is told in words nobody thought of, and they worry about some entries that hold none. The limits and
the measured figures stand in docs/safety.md. A trained head may raise the level (`head`), never lower it.
"""

from __future__ import annotations

from agent.domain import Level, Safety
from agent.help import card
from agent.screen.output import fault
from agent.screen.verdict import judge

HEAD_CONCERN = 0.5
"""A head's score, 0..1, from which a text is at least a concern."""


def level(text: str, *, head: float | None = None) -> Level:
    """The level of a text of any length, in time linear in its length."""
    found = judge(text).level
    if found is Level.NONE and head is not None and head >= HEAD_CONCERN:
        return Level.CONCERN
    return found


def screen(text: str, *, head: float | None = None, region: str | None = None, locale: str | None = None) -> Safety:
    """The verdict on what a person wrote, with the help card of their region at every level but none.

    `region` is the person's setting (ISO 3166 alpha-2), `locale` what their client speaks, such as en-GB.
    """
    found = level(text, head=head)
    return Safety() if found is Level.NONE else Safety(level=found, card=card(region, locale))


def review(text: str) -> str | None:
    """Why a sentence must not leave, or None when it may: for model sentences and texts of the catalogue."""
    return fault(text)
