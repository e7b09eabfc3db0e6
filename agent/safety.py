"""The crisis screen for what people write, and the review of everything that leaves.

`screen` is plain rules, before and without any model; the score of a trained head may raise its level and never
lowers it. `review` returns why a sentence must not be sent.

What this does not protect from: words nobody thought of, irony, long indirect stories, languages other than English
beyond a few outright phrases, pictures, and people who do not write what they feel. A `none` is not a clean bill of
health; nothing in the product may say that it is. `docs/safety.md` has the measured figures.
"""

from __future__ import annotations

from agent import help as help_cards
from agent.domain import Level, Noun, Safety, Unit
from agent.screen import claims
from agent.screen.output import REASONS, reasons
from agent.screen.verdict import judge

_ORDER = (Level.NONE, Level.CONCERN, Level.CRISIS)


class HeadThresholds(Noun):
    """From which score on (0..1, calibrated) the trained head raises the level."""

    concern: Unit = 0.5
    crisis: Unit = 0.9


THRESHOLDS = HeadThresholds()


def screen(
    text: str,
    *,
    head: float | None = None,
    region: str | None = None,
    locale: str | None = None,
    thresholds: HeadThresholds = THRESHOLDS,
) -> Safety:
    """How worried to be about a text, and the help card of the person's region for every level but `none`.

    `head` is the score of the trained head, None where it is missing: no part of the verdict waits for it.
    """
    verdict = judge(text)
    level = max(verdict.level, _raised(head, thresholds), key=_ORDER.index)
    if level is Level.NONE:
        return Safety()
    about_other = verdict.about_other and level is verdict.level
    return Safety(level=level, card=help_cards.card(region, locale, about="other" if about_other else "self"))


def review(text: str) -> str | None:
    """Why a text must not be sent, in words, or None. Holds for model sentences, conversation and catalogue alike."""
    name = next(reasons(text), None)
    return REASONS[name] if name else claims.fault(text)


def _raised(head: float | None, thresholds: HeadThresholds) -> Level:
    """The level that the head's score speaks for; a score that is not a number speaks for none."""
    if head is None or not head >= thresholds.concern:
        return Level.NONE
    return Level.CRISIS if head >= thresholds.crisis else Level.CONCERN
