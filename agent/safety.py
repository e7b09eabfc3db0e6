"""The crisis screen for what people write, and the review of everything that leaves.

`screen` is plain rules, before and without any model; what a trained head says may raise its level and never lowers
it. `review` returns why a sentence must not be sent.

What this does not protect from: words nobody thought of, irony, long indirect stories, languages other than English
beyond a few outright phrases, pictures, and people who do not write what they feel. A `none` is not a clean bill of
health; nothing in the product may say that it is. `docs/safety.md` has the measured figures.
"""

from __future__ import annotations

from agent import help as help_cards
from agent.domain import Level, Safety
from agent.screen import claims
from agent.screen.output import REASONS, reasons
from agent.screen.verdict import judge

_ORDER = (Level.NONE, Level.CONCERN, Level.CRISIS)


def screen(
    text: str,
    *,
    head: Level = Level.NONE,
    region: str | None = None,
    locale: str | None = None,
) -> Safety:
    """How worried to be about a text, and the help card of the person's region for every level but `none`.

    `head` is what the trained head says, `none` where it is missing: no part of the verdict waits for it.
    """
    verdict = judge(text)
    level = max(verdict.level, head, key=_ORDER.index)
    if level is Level.NONE:
        return Safety()
    about_other = verdict.about_other and level is verdict.level
    return Safety(level=level, card=help_cards.card(region, locale, about="other" if about_other else "self"))


def review(text: str) -> str | None:
    """Why a text must not be sent, in words, or None. Holds for model sentences, conversation and catalogue alike."""
    name = next(reasons(text), None)
    return REASONS[name] if name else claims.fault(text)
