"""What Discovery says of itself: what it can do, and what becomes of what people write. Words of ours, no model's."""

from __future__ import annotations

import re

CAN = (
    "You can write to me what is on your mind: it is kept as an entry, and I read which of 28 emotions may be in it.",
    "You can also ask about your journal, for instance \u201chow was my week?\u201d, \u201cwhy did you say sadness?\u201d, "
    "\u201cwhen did I last feel like this?\u201d, \u201cwhat did I write about my sister?\u201d or \u201chow often was I "
    "angry in March?\u201d.",
    "And you can ask for a game or something to watch, such as \u201csomething calmer, please\u201d.",
    "I look things up and change nothing; figures and quotations come from your journal itself.",
)

_HOW: tuple[tuple[str, str], ...] = (
    (r"\b(?:delete|remove|undo)\b",
     "Beneath every entry there is \u201cDelete\u201d, and beneath a new one \u201cUndo\u201d; both ask once more and then it is gone for good."),
    (r"\b(?:correct|wrong|change|fix)\b",
     "Choose \u201cNot quite? Say what it was\u201d beneath the reading and pick what fits; your own word counts from then on."),
    (r"\b(?:export|get my|take my|out of here)\b",
     "\u201cdiscovery export\u201d on the command line puts everything into one archive."),
    (r"\bimport\b", "\u201cdiscovery import\u201d on the command line takes in archives and files of other journals."),
    (r"\b(?:settings?|turn)\b",
     "The settings are behind the wheel in the line you write in: your country, and whether emotions are read and things are suggested."),
    (r"\b(?:percent\w*|bars?|might be|sure)\b",
     "The bars and percentages say how sure the reading is. \u201cMight be\u201d is from 35% on, \u201cprobably\u201d from 55%, \u201cquite sure\u201d from 80%."),
    (r"\bmarks?\b", "The coloured marks are the words of yours that carried an emotion most."),
    (r"\b(?:which|how many|what) (?:kinds? of )?(?:emotions|feelings)\b|\bhow do you read\b",
     "A small classifier reads 28 labels, from admiration and anger to surprise and neutral. It looks at words, and it can be wrong."),
    (r"\b(?:german|french|spanish|italian|language|speak)\b",
     "I read and answer in English. Entries in other languages are kept just as well, but their reading is poor."),
)  # fmt: skip

_HUMAN = re.compile(
    r"\b(?:human|person|machine|bot|ai|robot|real|therapist|chatgpt|listening|somebody|someone behind)\b", re.IGNORECASE
)
_TRAIN = re.compile(r"\b(?:train\w*|learn\w*)\b", re.IGNORECASE)
_ASKED = re.compile(r"\b(?:question|ask\w*|conversation|remember|tell you|type here)\b", re.IGNORECASE)

MACHINE = "I am a machine: a program that looks for patterns in words. No person reads along."
HERE = (
    "Entries are kept on the computer that Discovery runs on, encrypted, and nothing is sent anywhere.",
    "Somebody who can use your account on that computer can open the journal as you can.",
)
TRAINING = "No model is trained on your entries unless you say so; then only corrections that you share are used."
ANSWERS = "What you ask is answered and not kept, unless you keep it as an entry yourself."


def can(question: str) -> tuple[str, ...]:
    """How something is done, or all that can be done."""
    lowered = question.lower()
    return next(((answer,) for pattern, answer in _HOW if re.search(pattern, lowered)), CAN)


def private(question: str, elsewhere: str | None) -> tuple[str, ...]:
    """Who can read what is written. `elsewhere` is the host of a language model that gets the words, if any."""
    where: tuple[str, ...] = HERE
    if elsewhere:
        told = (
            f"To word explanations and answers, the words they need go to the language model at the host {elsewhere}."
        )
        where = ("Entries are kept on the computer that Discovery runs on, encrypted.", told, HERE[1])
    said: tuple[str, ...] = (MACHINE,) if _HUMAN.search(question) else ()
    said += (TRAINING,) if _TRAIN.search(question) else ()
    said += (ANSWERS,) if _ASKED.search(question) else ()
    return said or where
