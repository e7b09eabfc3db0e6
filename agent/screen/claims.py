"""A second, literal list of what must never leave: it knows no grammar, and so nothing slips through its grammar."""

from __future__ import annotations

import re

_FAULTS: tuple[tuple[str, str], ...] = (
    ("gives a diagnosis",
     r"\byou(?:'re| are| have| may have| might have| seem to have| suffer from)\b[^.!?]{0,40}\b(?:depress(?:ion|ed|ive)|"
     r"bipolar|ptsd|adhd|autis\w+|schizo\w+|psychosis|psychotic|borderline|narcissis\w+|anorexi\w+|bulimi\w+|ocd|"
     r"anxiety disorder|panic disorder|personality disorder|addict(?:ed|ion)?|mentally ill|clinical\w*)\b"),
    ("speaks of diagnosis", r"\b(?:diagnos\w+|symptoms? of|disorder|syndrome)\b"),
    ("gives medical advice",
     r"\b(?:medicat\w+|antidepress\w+|ssris?|pills?|dose|dosage|prescri\w+|tablets?|mg)\b|\bstop taking\b"),
    ("names a method",
     r"\b(?:hang(?:ing)? (?:yourself|myself)|noose|overdos\w+|slit\w*|cut(?:ting)? (?:your|my) wrists?|jump(?:ing)? off|"
     r"razor|shoot (?:yourself|myself)|gun|poison\w*|suffocat\w+|drown (?:yourself|myself)|bleed out)\b"),
    ("tells to harm", r"\b(?:kill|hurt|harm|starve|punish|cut|burn) (?:yourself|yourselves|him|her|them)\b"),
    ("encourages purging or starving",
     r"\b(?:purg\w+|vomit\w*|throw(?:ing)? up|skip(?:ping)? meals?|starv\w+|fasting|laxatives?)\b"),
    ("pretends to be human",
     r"\b(?:i am|i'm) (?:a )?(?:human|real person|person|your friend|your therapist|a therapist|a doctor)\b|\bas a "
     r"(?:person|human|therapist|doctor|woman|man|parent|friend) (?:i|myself)\b|\bi (?:feel|felt) (?:the same|that too)\b|"
     r"\bi know (?:exactly )?how you feel\b"),
    ("promises what nobody can",
     r"\bi(?:'ll| will) (?:always|never)\b|\b(?:everything|it|things) will (?:be (?:fine|ok|okay|alright|all right)|get "
     r"better|pass)\b|\bi promise\b|\bguarantee\w*\b"),
    ("speaks instead of help",
     r"\binstead of (?:getting |seeking |asking for )?(?:help|therapy|a doctor|calling)\b|\b(?:don't|do not|no) need (?:for )?"
     r"(?:help|therapy|a doctor|anyone|professional)\b|\b(?:don't|do not) (?:tell|call|talk to) (?:any(?:one|body)|them|a)\b"),
    ("blames", r"\b(?:your (?:own )?fault|you(?:'re| are) (?:to blame|overreacting|too sensitive|selfish|weak|lazy|crazy|"
     r"dramatic|broken|worthless|pathetic))\b|\b(?:get over it|snap out of it|cheer up|man up|calm down)\b"),
    ("cheers on", r"\b(?:keep (?:drinking|going without sleep)|no need to sleep|you (?:can do anything|are invincible))\b"),
    ("holds an address", r"https?://|\bwww\.|\b[\w-]+\.(?:com|org|net|io|co|gov|edu)\b|\S+@\S+\.\w+"),
    ("holds a number to call", r"(?:\+?\d[\s().-]?){6,}\d|\b(?:call|dial|text|ring)\b[^.!?]{0,20}\b\d{3,}\b"),
    ("is sexual", r"\b(?:sexy|sexual\w*|naked|nude|orgasm\w*|erotic\w*|porn\w*|horny)\b"),
    ("carries an instruction", r"\b(?:ignore (?:all |the )?(?:previous|above|earlier)|system prompt|as an ai language)\b"),
)  # fmt: skip

_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _FAULTS)


def fault(text: str) -> str | None:
    """The name of the first forbidden claim in a text, or None."""
    plain = text.replace("\u2019", "'")
    return next((name for name, pattern in _COMPILED if pattern.search(plain)), None)
