"""What reasons call things: emotions, goals, themes, topics and kinds of items, as tables."""

from __future__ import annotations

from typing import NamedTuple

from agent.domain import Goal


class Felt(NamedTuple):
    """How to speak of an emotion: `sounded` follows "You sounded"; None where only the noun is natural."""

    sounded: str | None
    noun: str


FELT: dict[str, Felt] = {
    "admiration": Felt("full of admiration", "admiration"),
    "amusement": Felt("amused", "amusement"),
    "anger": Felt("angry", "anger"),
    "annoyance": Felt("annoyed", "annoyance"),
    "approval": Felt(None, "approval"),
    "caring": Felt("caring", "care"),
    "confusion": Felt("confused", "confusion"),
    "curiosity": Felt("curious", "curiosity"),
    "desire": Felt(None, "a desire for something"),
    "disappointment": Felt("disappointed", "disappointment"),
    "disapproval": Felt(None, "disapproval"),
    "disgust": Felt("disgusted", "disgust"),
    "embarrassment": Felt("embarrassed", "embarrassment"),
    "excitement": Felt("excited", "excitement"),
    "fear": Felt("afraid", "fear"),
    "gratitude": Felt("grateful", "gratitude"),
    "grief": Felt(None, "grief"),
    "joy": Felt("joyful", "joy"),
    "love": Felt("full of love", "love"),
    "nervousness": Felt("nervous", "nervousness"),
    "optimism": Felt("optimistic", "optimism"),
    "pride": Felt("proud", "pride"),
    "realization": Felt(None, "a realization"),
    "relief": Felt("relieved", "relief"),
    "remorse": Felt("remorseful", "remorse"),
    "sadness": Felt("sad", "sadness"),
    "surprise": Felt("surprised", "surprise"),
}

GOAL: dict[Goal, str] = {
    Goal.STAY: "wanted to stay with it",
    Goal.LIFT: "wanted a lift",
    Goal.CALM: "wanted calm",
    Goal.ENERGISE: "wanted some energy",
    Goal.DISTRACT: "wanted a distraction",
    Goal.CONNECT: "wanted company",
}
"""A goal, after "You sounded sad and" or after "You"."""

TOPICS: dict[str, str] = {
    "autumn": "autumn", "baking": "baking", "beach": "a beach", "bicycle": "a bicycle", "bike": "a bike",
    "birds": "birds", "boat": "a boat", "books": "books", "bread": "bread", "cat": "a cat", "cats": "cats",
    "chess": "chess", "christmas": "Christmas", "coffee": "coffee", "cooking": "cooking", "dancing": "dancing",
    "dog": "a dog", "dogs": "dogs", "drawing": "drawing", "fishing": "fishing", "football": "football",
    "forest": "a forest", "garden": "a garden", "gardening": "gardening", "guitar": "a guitar", "hiking": "hiking",
    "horse": "a horse", "island": "an island", "kitchen": "a kitchen", "lake": "a lake",
    "library": "a library", "mountain": "a mountain", "mountains": "mountains", "music": "music",
    "ocean": "the ocean", "painting": "painting", "piano": "a piano", "rain": "rain", "river": "a river",
    "sailing": "sailing", "school": "school", "sea": "the sea", "singing": "singing",
    "snow": "snow", "summer": "summer", "swimming": "swimming",
    "tea": "tea", "trains": "trains", "trees": "trees", "village": "a village",
    "winter": "winter",
}  # fmt: skip
"""Plain things that a text and an item may share, and that nobody minds being reminded of: word to noun phrase."""

ASKED: dict[str, str] = {
    "violence": "some fighting", "horror": "horror", "self-harm": "this subject", "grief": "something about grief",
    "gambling": "something with gambling", "sexual content": "something sexual", "drugs": "something about drugs",
    "abuse": "something about abuse", "flashing lights": "flashing lights", "strong language": "strong language",
}  # fmt: skip
"""A theme that the text asks for by name, after "asked for"."""

NOUNS: dict[str, dict[str, str]] = {
    "film": {
        "concert": "concert film", "concert film": "concert film", "silent": "silent film", "musical": "musical",
        "documentary": "documentary", "animation": "animated film", "western": "western", "horror": "horror film",
        "thriller": "thriller", "science fiction": "science-fiction film", "fantasy": "fantasy film",
        "mystery": "mystery", "crime": "crime film", "war": "war film", "action": "action film",
        "adventure": "adventure film", "road film": "road film", "romance": "romance", "comedy": "comedy",
        "family": "family film", "sport": "sports film", "drama": "drama", "nature": "nature film",
        "history": "historical film", "music": "music film",
    },
    "series": {
        "sitcom": "sitcom", "slow tv": "slow-television series", "children": "children's series",
        "period drama": "period drama", "anime": "anime series", "cooking": "cooking series", "food": "food series",
        "travel": "travel series", "nature": "nature series", "documentary": "documentary series",
        "animation": "animated series",
        "mystery": "mystery series", "crime": "crime series", "science fiction": "science-fiction series",
        "fantasy": "fantasy series", "horror": "horror series", "thriller": "thriller series",
        "slice of life": "slice-of-life series", "comedy": "comedy series", "romance": "romance series",
        "adventure": "adventure series", "history": "historical series", "family": "family series",
        "drama": "drama series",
    },
    "game": {
        "life sim": "life sim", "visual novel": "visual novel", "city builder": "city builder",
        "endless runner": "endless runner", "walking simulator": "walking game", "roguelike": "roguelike",
        "interactive fiction": "text adventure", "hidden object": "hidden-object game", "rpg": "role-playing game",
        "role-playing": "role-playing game", "point and click": "point-and-click game", "party game": "party game",
        "board game": "board game", "cards": "card game", "word game": "word game", "shooter": "shooter",
        "platformer": "platform game", "tile laying": "tile-laying game", "colouring": "colouring game",
        "idle": "idle game", "cooperative": "cooperative game", "co-op": "co-operative game",
        **{word: f"{word} game" for word in (
            "dice", "trivia", "quiz", "drawing", "deduction", "detective", "rhythm", "racing",
            "driving", "photography", "farming", "fishing", "dancing", "pinball", "music", "sports", "stealth",
            "horror", "survival", "puzzle", "strategy", "management", "building", "simulation", "exploration", "story",
            "fighting", "adventure", "action", "arcade", "nature", "cosy",
        )},
        "sandbox": "sandbox game",
    },
    "video": {
        "meditation": "guided meditation", "guided meditation": "guided meditation", "yoga": "yoga video",
        "live cam": "live camera", "slow tv": "slow-television video",
        "stand-up": "stand-up set", "sketch": "sketch", "dance": "dance video", "concert": "concert",
        "performance": "performance", "talk": "talk", "short film": "short film",
        "comedy": "comedy video", "nature": "nature video", "cooking": "cooking video",
        "craft": "craft video", "science": "science video", "documentary": "short documentary",
        "animation": "animated short", "music": "music video",
    },
}  # fmt: skip
"""What to call an item of a kind and genre, the most telling genre first; where nothing is listed, the kind itself."""
