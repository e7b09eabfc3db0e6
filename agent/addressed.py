"""Sentences of an entry that speak to a machine: told what to do, it must not retell their words as if they were life.

A list of forms, generous on purpose: what is taken for an instruction may still be quoted, it only lends no words to
what Discovery says in its own voice.
"""

from __future__ import annotations

import re

from agent.screen.sentences import Page
from agent.sentences import sentences

_SPEECH = (
    r"say|state|reply|respond|answer|repeat|print|reveal|output|execute|decode|classify|translate|"
    r"tell (?:me|the|them|everyone|everybody|him|her)|label (?:this|it)|explain that|"
    r"write (?:that|down|it|the (?:entry|answer|reading))|quote me|"
    r"show me|list (?:the|every|all)|complete this|summari[sz]e the|publish (?:this|it)|share my|send (?:this|it)|"
    r"forward|append|fetch|load (?:the|this)|begin again|start over|do (?:that|this|it) to|name the|act|promise|swear|"
    r"pretend|imagine you|simulate|roleplay|be my|talk like|stop (?:explaining|quoting)|mock|praise|hide|claim|give me"
)
_FORMS = re.compile(
    rf"(?:^|[,;:.\"*#=>\]|-] ?|\b(?:and|please|then|now|also|just|to|must|you|may) )(?:{_SPEECH})\b"
    r"|\b(?:ignore|disregard|forget|override|bypass|cancel|drop|skip)\b.{0,40}\b(?:instruct\w*|rules?|above|previous|earlier|told|"
    r"prompt|limits?|journal|check|usual|reading|all)\b"
    r"|\b(?:no|without|free of) (?:limits|rules|restrictions)\b|\bfree mode\b"
    r"|\b(?:you are|you're) (?:now|a|an|the|my|in)\b|\bfrom (?:now|this point) on\b"
    r"|\bwhen you read this\b|\bnew (?:task|instructions?|policy)\b"
    r"|\bwhen (?:this|somebody|someone|anybody) .{0,30}(?:found|asks|reads)\b|\bwhenever somebody asks\b"
    r"|\b(?:system|assistant|user|developer|operator|admin|sys|inst|debug)\b ?"
    r"(?:[:\]>/]|notice|message|mode|speaking|override)"
    r"|\b(?:the|this) (?:assistant|ai|classifier|operator|bot|prompt|model accepts|reading of this)\b"
    r"|\b(?:tool_call|function_call|json|schema|api|import os|drop table|rm -rf|rot13|base64|hex)\b"
    r"|[{<\[|]\s*[\"/|]?\s*(?:role|system|tool|inst|sys|entry|im_|name|script|s>)|\w\(\w*[^)\s]*\)|\{\{|%[0-9a-f]{2}%"
    r"|\b(?:court order|police request|terms of use|compliance|emergency protocol|policy \d|for the audit|"
    r"has already agreed|your (?:rules|creators|instructions|task|limits)|action input)\b"
)


def told(text: str) -> str:
    """A text without the sentences that speak to a machine."""
    kept = [text[start:end] for start, end in sentences(text) if not _speaks(text[start:end])]
    return " ".join(kept)


def _speaks(sentence: str) -> bool:
    return bool(_FORMS.search(sentence.lower()) or _FORMS.search(Page(sentence).folded.strip()))
