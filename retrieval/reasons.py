"""Why an item is suggested, in one sentence made of what actually counted in its score.

Each sentence names what was read in the entry or what the person asked for, and something of the item that is true
of it. It speaks of how words sounded, never of how somebody is; it promises nothing and advises nothing.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from agent.affect import Target
from agent.domain import Goal, Item
from retrieval import naming, wording
from retrieval.mood import REACH, Feeling, distance
from retrieval.naming import FELT, GOAL, Felt
from retrieval.rules import Wishes
from retrieval.wording import Form

SURE = 0.5
"""From this probability on, a reason says how the entry sounded; below it, only what may be in it."""

ABOUT_IT = 0.35
"""Cosine from which an item may be said to come close to what was written."""

LONG = 165
"""Characters from which a sentence tells two traits instead of three."""

NAMED_IN_BOTH = 0.15
"""Cosine from which a thing that both text and item name is no accident."""

_STILL = 0.45
_ORDER: dict[Goal | None, tuple[str, ...]] = {
    Goal.STAY: ("near", "energy", "valence"),
    Goal.LIFT: ("valence", "energy", "harmless"),
    Goal.CALM: ("energy", "demand", "valence", "harmless"),
    Goal.ENERGISE: ("energy", "valence"),
    Goal.DISTRACT: ("demand", "energy", "valence"),
    Goal.CONNECT: ("social", "valence", "energy"),
    None: ("near", "energy", "valence", "harmless"),
}
"""Which traits serve a goal, the telling one first."""


@dataclass(frozen=True)
class Because:
    """What a suggestion rests on, as far as a reason may speak of it.

    `here` is the present valence and energy, `likeness` the cosine of text and item as far as it counted, `liked` the
    item whose nearness counted; `turn` is the place in the list, and only varies the wording.
    """

    felt: Sequence[Feeling] = ()
    goal: Goal | None = None
    here: tuple[float, float] = (0.0, 0.3)
    target: Target = field(default_factory=lambda: Target(0.0, 0.3))
    careful: bool = True
    text: str = ""
    likeness: float = 0.0
    liked: Item | None = None
    wishes: Wishes = field(default_factory=Wishes)
    turn: int = 0


def reason(item: Item, because: Because) -> str:
    """One sentence, the same every time for the same item and grounds."""
    seed = zlib.crc32(item.id.encode()) // 7 + because.turn
    counted = _counted(item, because, seed)
    style = (zlib.crc32(because.text.encode("utf-8", "replace")) + because.turn) % 3
    sentence = _compose(item, because, counted, style)
    if len(sentence) > LONG and len(counted) > 2:
        return _compose(item, because, [counted[0], counted[-1]], style)
    return sentence


def topic(item: Item, text: str) -> str | None:
    """A plain thing that both the text and the item name, as a noun phrase; None when there is none."""
    mine = set(re.findall(r"[a-z]+", text.lower()))
    theirs = set(re.findall(r"[a-z]+", f"{item.title} {' '.join(item.genres)} {item.description}".lower()))
    return next((phrase for word, phrase in naming.TOPICS.items() if word in mine and word in theirs), None)


def noun(item: Item) -> str:
    """What to call an item: the most telling noun that one of its genres gives, otherwise its kind."""
    return next((name for genre, name in naming.NOUNS[item.kind].items() if genre in item.genres), item.kind)


def _counted(item: Item, because: Because, seed: int) -> list[Form]:
    """The traits that spoke for the item, at most three, in order of what they say about the choice."""
    fitting = [_trait(name, item, because) for name in _ORDER[because.goal]]
    if because.wishes.gentle and "demand" not in _ORDER[because.goal] and item.demand <= 0.35:
        fitting.append(_demand(item))
    found = [_pick(forms, seed) for forms in fitting if forms]
    about = _about(item, because, seed)
    wished = _wished(item, because)
    room = 3 - len(about) - len(wished)
    traits = found[: max(1, room)] + about + wished
    if len(traits) < 2 and because.goal in item.goals:
        traits.append(_pick(wording.PICKED, seed))
    # The mood of an item always counted: where no half of it stands out, it is told as a whole.
    spare = [f for f in (_pick(_energy(item), seed), _pick(_valence(item), seed)) if f not in traits]
    return traits if len(traits) > 1 else traits + spare[: 2 - len(traits)]


def _trait(name: str, item: Item, because: Because) -> tuple[Form, ...]:
    """The wordings of one trait where it fits what is wanted; none where it does not."""
    to = because.target
    match name:
        case "energy":
            return _energy(item) if abs(item.energy - to.energy) <= 0.25 else ()
        case "valence":
            # Somewhat warmer than wanted still serves; somewhat darker does not.
            return _valence(item) if -0.35 <= item.valence - to.valence <= 0.5 else ()
        case "demand":
            return _demand(item) if to.demand is not None and abs(item.demand - to.demand) <= 0.3 else ()
        case "social":
            played = item.kind == "game"
            return (wording.TOGETHER_PLAYED if played else wording.TOGETHER_WATCHED) if item.social else ()
        case "harmless":
            mild = item.valence >= 0.2 and item.energy <= 0.6
            return wording.HARMLESS if because.careful and mild and not item.warnings else ()
        case _:
            return _near(item, because)


def _near(item: Item, because: Because) -> tuple[Form, ...]:
    """Nearness to the present mood: only where there is a mood, and the item is within reach of it."""
    if not any(f.emotion != "neutral" for f in because.felt):
        return ()
    valence, energy = because.here
    far = distance(np.array([item.valence]), np.array([item.energy]), Target(valence, energy))[0]
    if far > REACH:
        return ()
    return wording.LIGHTER if because.goal is None and item.valence > valence + 0.1 else wording.NEAR


def _about(item: Item, because: Because, seed: int) -> list[Form]:
    """What item and text share: a plain thing both name, or else that their meanings are close."""
    # Whoever writes of a loss or a wound is not reminded of the dog in it.
    thing = topic(item, because.text) if because.likeness >= NAMED_IN_BOTH and not because.wishes.touched else None
    if thing:
        return [Form(None, "", f"has {thing} in it, as your words did")]
    return [_pick(wording.ABOUT, seed)] if because.likeness >= ABOUT_IT else []


def _wished(item: Item, because: Because) -> list[Form]:
    """The limits the person set and the item keeps to, in their own figures."""
    most = because.wishes.max_minutes
    if most is not None:
        verb = "fits an episode" if item.kind == "series" else "fits"
        return [Form(None, f"short enough for your {most} minutes", f"{verb} into your {most} minutes")]
    return list(wording.FREE) if because.wishes.free_only else []


def _energy(item: Item) -> tuple[Form, ...]:
    return wording.band(wording.ENERGY, item.energy)


def _valence(item: Item) -> tuple[Form, ...]:
    if item.valence >= 0.6 and "comedy" in item.genres:
        return wording.COMIC
    if item.kind == "game" and 0 < item.valence <= 0.35 and item.energy <= _STILL:
        return wording.EVEN_PLAYED
    return wording.band(wording.VALENCE_STILL if item.energy <= _STILL else wording.VALENCE_MOVING, item.valence)


def _demand(item: Item) -> tuple[Form, ...]:
    return wording.band(wording.DEMAND_PLAYED if item.kind == "game" else wording.DEMAND_WATCHED, item.demand)


def _pick(forms: Sequence[Form], seed: int) -> Form:
    return forms[seed % len(forms)]


def _compose(item: Item, because: Because, counted: Sequence[Form], style: int) -> str:
    """Opening and traits in one of three shapes: "this is ...", "here is a ... that ...", "this film ..."."""
    opening = _opening(item, because, style)
    told = f"this {noun(item)} {_series([form.verb for form in counted])}"
    if because.liked is not None:
        return f"Because you liked {because.liked.title}, and {opening[0].lower()}{opening[1:]}: {told}."
    lead = [form.pre for form in counted[:2] if form.pre]
    if style == 0 and all(form.after for form in counted):
        return f"{opening}: this is {_series([form.after for form in counted])}."
    if style == 1 and lead:
        rest = [form.verb for form in counted if form.pre not in lead]
        thing = _article(f"{', '.join(lead)} {noun(item)}") + (f" that {_series(rest)}" if rest else "")
        return f"{opening}, so here is {thing}." if because.felt else f"{opening}: {thing}."
    return f"{opening}: {told}."


def _opening(item: Item, because: Because, style: int) -> str:
    """The half of the sentence that is about the entry: its emotions, the wish, or that neither is known."""
    felt = [f for f in because.felt if f.emotion != "neutral"]
    wish = _wish(item, because)
    if not felt:
        return _unfelt(because, wish)
    sure, told = felt[0].weight >= SURE, _told(felt, because)
    sounded = [words.sounded for words in map(_felt, told) if words.sounded]
    plain = len(sounded) == len(told) and (len(told) == 1 or not any(" " in s for s in sounded))
    chosen = any(f.label not in FELT for f in told)
    if plain and (chosen or style != 2):
        heard = f"You sounded {_series(sounded)}" if sure else f"You might be feeling {_series(sounded)}"
        if not wish:
            return heard
        return f"{heard} and {wish}" if sure and len(told) == 1 else f"{heard}, and you {wish}"
    nouns = _series([_felt(f).noun for f in told])
    heard = f"There was {nouns} in what you wrote" if sure else f"There may be {nouns} in what you wrote"
    return f"{heard}, and you {wish}" if wish else heard


def _wish(item: Item, because: Because) -> str | None:
    """What the person wants, behind "and you": a theme they named that this item has, or else their goal."""
    named = sorted(because.wishes.asked.intersection(item.warnings))
    if named:
        return f"asked for {naming.ASKED[named[0]]}"
    return GOAL[because.goal] if because.goal is not None else None


def _unfelt(because: Because, wish: str | None) -> str:
    """The opening where no emotion is known, or only that none stood out."""
    if because.goal is Goal.STAY:
        return "You wanted to stay with this mood"
    if wish:
        return f"You {wish}"
    if because.felt:
        return "No one feeling stood out in what you wrote"
    return "Going by your words alone" if because.text.strip() else "Somewhere to begin"


def _told(felt: Sequence[Feeling], because: Because) -> list[Feeling]:
    """The strongest feeling; the second too where it is nearly as strong, and the sentence has room for it."""
    if because.liked is not None:
        return list(felt[:1])
    near = [f for f in felt[1:2] if f.weight >= 0.6 * felt[0].weight and f.emotion != felt[0].emotion]
    return [felt[0], *near]


def _felt(feeling: Feeling) -> Felt:
    """The words for a feeling; a State-of-Mind label that the person chose is its own adjective."""
    if feeling.label in FELT:
        return FELT[feeling.label]
    return Felt(feeling.label, FELT[feeling.emotion].noun if feeling.emotion in FELT else feeling.label)


def _series(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _article(phrase: str) -> str:
    return f"{'an' if phrase[0].lower() in 'aeiou' else 'a'} {phrase}"
