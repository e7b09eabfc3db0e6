"""The words that reasons are made of, as tables: one place to read, and to argue with, every phrase.

A trait is said in one of three forms: `pre` before a noun ("a slow game"), `after` behind "this is" ("easy to put
down"), `verb` behind the item ("takes its time"). Several wordings a trait keep a list of reasons from sounding alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Form(NamedTuple):
    """One wording of a trait; `pre` is None where the phrase cannot stand before a noun."""

    pre: str | None
    after: str
    verb: str


ENERGY: tuple[tuple[float, tuple[Form, ...]], ...] = (
    (0.15, (
        Form("very quiet", "very quiet", "hardly raises its voice"),
        Form("still", "still", "leaves a lot of room to breathe"),
        Form("soft-spoken", "soft-spoken", "goes at the pace of a long breath"),
    )),
    (0.35, (
        Form("slow", "slow", "takes its time"),
        Form("unhurried", "unhurried", "never hurries"),
        Form("quiet", "quiet", "keeps its voice down"),
    )),
    (0.55, (
        Form("steady", "even-paced", "keeps a steady pace"),
        Form("easy-going", "easy-going", "moves along without rushing"),
    )),
    (0.75, (
        Form("lively", "lively", "keeps things moving"),
        Form("brisk", "brisk", "has a spring in its step"),
    )),
    (1.0, (
        Form("fast", "fast", "moves fast"),
        Form("high-energy", "full of energy", "has energy to spare"),
        Form("rousing", "rousing", "gets the blood moving"),
    )),
)  # fmt: skip
"""By the most energy a wording is true for, in rising order; the tables below likewise."""

VALENCE_STILL: tuple[tuple[float, tuple[Form, ...]], ...] = (
    (-0.35, (
        Form("sorrowful", "sorrowful", "lets sad things be sad"),
        Form("heavy-hearted", "heavy-hearted", "stays with what hurts"),
    )),
    (0.0, (
        Form("sober", "sober", "does not pretend that all is well"),
        Form("wistful", "wistful", "has some ache in it"),
    )),
    (0.35, (
        Form("bittersweet", "bittersweet", "has both sweet and bitter in it"),
        Form("thoughtful", "thoughtful", "leaves some things open"),
    )),
    (0.65, (
        Form("gentle", "gentle", "has some warmth in it"),
        Form("good-natured", "good-natured", "is easy company"),
        Form("mild", "mild", "stays mild throughout"),
    )),
    (1.0, (
        Form("warm", "warm", "has a lot of warmth in it"),
        Form("sunny", "sunny", "stays on the sunny side"),
        Form("tender", "tender", "looks kindly on the world"),
    )),
)  # fmt: skip
"""By valence, for items of little energy."""

EVEN_PLAYED = (
    Form("thoughtful", "thoughtful", "keeps to the middle ground"),
    Form("cool-headed", "cool-headed", "keeps a cool head"),
)
"""By valence, too, for quiet games that are neither dark nor bright: few of them are bittersweet."""

VALENCE_MOVING: tuple[tuple[float, tuple[Form, ...]], ...] = (
    (-0.35, (Form("dark", "dark", "goes to dark places"), Form("grim", "grim", "does not soften anything"))),
    (0.0, (Form("tense", "tense", "keeps the tension up"), Form("sharp-edged", "sharp-edged", "has an edge to it"))),
    (0.35, (
        Form("spirited", "spirited", "has some fight in it"),
        Form("restless", "restless", "keeps you on your toes"),
    )),
    (0.65, (
        Form("upbeat", "upbeat", "leans to the bright side"),
        Form("good-spirited", "in good spirits", "is in good spirits"),
    )),
    (1.0, (
        Form("joyful", "joyful", "is in high spirits"),
        Form("bright", "bright", "is bright from end to end"),
        Form("exuberant", "exuberant", "is having a good time"),
    )),
)  # fmt: skip
"""By valence, for items of more energy."""

COMIC = (
    Form("funny", "funny", "finds the funny side of things"),
    Form("playful", "playful", "does not take itself too seriously"),
    Form("light-hearted", "light-hearted", "keeps things light"),
)
"""By valence, too, but for comedies on the pleasant side: nothing else may be called funny."""

DEMAND_PLAYED: tuple[tuple[float, tuple[Form, ...]], ...] = (
    (0.25, (
        Form("undemanding", "easy to put down", "asks almost nothing of you"),
        Form("simple", "simple to play", "can be put down at any moment"),
        Form(None, "fine to play badly", "does not mind how well you play"),
    )),
    (0.45, (
        Form("easy", "easy to pick up", "asks little of you"),
        Form(None, "easy to put down", "is content with half of your attention"),
    )),
    (0.65, (
        Form("engaging", "engaging", "gives you something to do"),
        Form(None, "just tricky enough", "keeps you occupied without straining you"),
    )),
    (1.0, (
        Form("absorbing", "absorbing", "gives your mind something to work on"),
        Form("engrossing", "engrossing", "takes all of your attention"),
        Form(None, "good at filling a mind", "leaves little room for other thoughts"),
    )),
)  # fmt: skip

DEMAND_WATCHED: tuple[tuple[float, tuple[Form, ...]], ...] = (
    (0.25, (
        Form("undemanding", "easy to watch", "asks almost nothing of you"),
        Form(None, "easy to drift in and out of", "does not mind if you drift off"),
    )),
    (0.45, (
        Form("easy", "easy to follow", "asks little of you"),
        Form(None, "easy to settle into", "carries you along"),
    )),
    (0.65, (
        Form("engaging", "engaging", "holds your attention without straining it"),
        Form("thoughtful", "worth some thought", "gives you something to think about"),
    )),
    (1.0, (
        Form("absorbing", "absorbing", "wants your whole attention"),
        Form("intricate", "intricate", "leaves little room for other thoughts"),
    )),
)  # fmt: skip

TOGETHER_PLAYED = (
    Form(None, "made for playing together", "is made for playing together"),
    Form(None, "best with other people", "brings other people in"),
    Form(None, "meant to be shared", "gives you something to share"),
)
TOGETHER_WATCHED = (
    Form(None, "good to watch together", "is good to watch with someone"),
    Form(None, "good company for two or more", "is easy to share with someone"),
)
HARMLESS = (
    Form(None, "without anything harsh in it", "has nothing harsh in it"),
    Form(None, "clear of all warnings", "carries no warnings"),
)
NEAR = (
    Form(None, "close to that mood", "stays close to that mood"),
    Form(None, "not far from how that sounded", "keeps near to it"),
    Form(None, "in the same key as what you wrote", "sits well with that mood"),
)
LIGHTER = (
    Form(None, "near that mood and a shade lighter", "stays near that mood but a shade lighter"),
    Form(None, "only a little lighter than what you wrote", "takes no more than a small step from there"),
)
PICKED = (
    Form(None, "picked with exactly that in mind", "was picked with exactly that in mind"),
    Form(None, "one of those kept for just that", "is one of those kept for just that"),
)
FREE = (Form(None, "free", "costs nothing"),)
ABOUT = (
    Form(None, "close to what you wrote about", "comes close to what you wrote about"),
    Form(None, "not far from your own words", "touches on what you wrote about"),
)


def band(table: Sequence[tuple[float, tuple[Form, ...]]], value: float) -> tuple[Form, ...]:
    """The wordings that are true for this value: those of the first band that reaches it."""
    return next(forms for most, forms in table if value <= most)
