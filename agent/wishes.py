"""What a line asks of the suggestions: "something calmer", "a short film, free if possible", "more like that"."""

from __future__ import annotations

import re
from typing import Literal

from agent.asking import plain
from agent.domain import Goal, Noun

Again = Literal["more", "other"]


class Wishes(Noun):
    """What to look for. `again` is `more` for things like those just shown and `other` for different ones; what was
    not said is None, False or empty."""

    goal: Goal | None = None
    kinds: tuple[str, ...] = ()
    max_minutes: int | None = None
    free_only: bool = False
    again: Again | None = None

    def after(self, earlier: Wishes) -> Wishes:
        """This wish as the next one of a conversation: what it leaves open stays as it was."""
        return Wishes(
            goal=self.goal or earlier.goal,
            kinds=self.kinds or earlier.kinds,
            max_minutes=self.max_minutes or earlier.max_minutes,
            free_only=self.free_only or earlier.free_only,
            again=self.again,
        )


_GOALS: tuple[tuple[Goal, str], ...] = (
    (Goal.CONNECT, r"with (?:my |some |a )?(?:friends?|family|kids?|children|son|daughter|grand\w+|partner|others?|someone|"
     r"somebody|people|wife|husband)|together|for two|two[- ]players?|multiplayer|company"),
    (Goal.DISTRACT, r"distract\w*|(?:off|away from) (?:of )?things|mind off|absorbing|think of something else|busy"),
    (Goal.CALM, r"calm\w*|quiet\w*|gentl\w+|relax\w*|chill|sooth\w+|slow\w*|peaceful|soft\w*|less (?:loud|intense|violent|noisy|"
     r"exciting|hectic|stressful)|edge off|cosy|cosier|cozy|wind down|sleep"),
    (Goal.ENERGISE, r"energy|energetic|energis\w+|energiz\w+|livel\w+|active|wake me|faster|fast|exciting|moving"),
    (Goal.LIFT, r"funn\w+|fun|cheer\w*|light\w*|lift\w*|happ\w+|warm\w*|less (?:sad|heavy|dark|gloomy)|(?:not|isn't) (?:so )?(?:sad|"
     r"heavy|dark)|comed\w+|silly|laugh\w*|uplifting|hopeful"),
    (Goal.STAY, r"sad|melanchol\w+|sit with|stay with"),
)  # fmt: skip
_KINDS: tuple[tuple[str, str], ...] = (
    ("game", r"games?|play"),
    ("film", r"films?|movies?|documentar\w+|comed(?:y|ies)"),
    ("series", r"series|tv shows?"),
    ("video", r"videos?|clips?|talks?"),
)
_WATCH = re.compile(r"\b(?:watch|put on|see)\b")
_MINUTES = re.compile(r"\b(\d{1,3}) ?min(?:ute)?s?\b")
_HOURS = re.compile(r"\b(\d|an|one|two|three) hours?\b")
_NOT = r"\b(?:not an?|no more|no|instead of an?|other than an?)\s+(?:more\s+)?"


def wishes(line: str) -> Wishes:
    """What a line asks for."""
    text = plain(line).lower()
    kinds = [
        kind for kind, words in _KINDS if re.search(rf"\b(?:{words})\b", re.sub(rf"{_NOT}(?:{words})\b", " ", text))
    ]
    if not kinds and _WATCH.search(text):
        kinds = ["film", "series", "video"]
    return Wishes(
        goal=next((goal for goal, words in _GOALS if re.search(rf"\b(?:{words})\b", text)), None),
        kinds=tuple(kinds),
        max_minutes=_longest(text),
        free_only=bool(re.search(r"\bfree\b|for nothing\b|without paying", text)),
        again=_again(text),
    )


def _longest(text: str) -> int | None:
    if match := _MINUTES.search(text):
        return max(1, int(match[1]))
    if "half an hour" in text:
        return 30
    if match := _HOURS.search(text):
        return 60 * {"an": 1, "one": 1, "two": 2, "three": 3}.get(match[1], int(match[1]) if match[1].isdigit() else 1)
    return 40 if re.search(r"\bshort\w*|\bquick\w*", text) else None


def _again(text: str) -> Again | None:
    if re.search(r"\b(?:more|others?|another|one)\b.{0,12}\b(?:like|of (?:those|these|them|that|its))\b|\bsimilar\b|\bliked? th(?:at|is|ose)"
                 r"|\bmore of\b|\balike\b", text) and not re.search(r"don't like|do not like", text):  # fmt: skip
        return "more"
    if re.search(
        r"\b(?:else|others?|another|different|not th(?:at|is|ese)|next|don't like|do not like|new ones?|again)\b", text
    ):
        return "other"
    return None
