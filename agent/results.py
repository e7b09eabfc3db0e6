"""The forms in which results leave Discovery as JSON: the same in events, stored replies and plain answers."""

from __future__ import annotations

from typing import Any

from agent.domain import Entry, Explanation, Level, Reading, Safety, Suggestion, Written, as_json
from agent.revision import Version


def safety_data(safety: Safety) -> dict[str, Any]:
    """`{level, card?}`."""
    return safety.model_dump(mode="json", exclude_none=True)


def emotions_data(reading: Reading, level: Level, *, full: bool = False) -> dict[str, Any]:
    """One classify result: `{emotions, unsure, safety, nearest?, probabilities?}`; nothing is read in crisis."""
    if level is Level.CRISIS:
        return {"emotions": [], "unsure": False, "safety": level.value}
    data: dict[str, Any] = {"emotions": as_json(reading.emotions), "unsure": reading.unsure, "safety": level.value}
    if reading.unsure:
        data["nearest"] = as_json(reading.nearest())
    if full:
        data["probabilities"] = reading.probabilities
    return data


def explanation_data(explanation: Explanation) -> dict[str, Any]:
    """`{text, source, regenerated}`."""
    return explanation.model_dump(mode="json")


def suggestion_data(suggestion: Suggestion, *, breakdown: bool = False) -> dict[str, Any]:
    """The item's fields with `reason` and `score`, and on request the parts of the score."""
    data = suggestion.item.model_dump(mode="json") | {"reason": suggestion.reason, "score": round(suggestion.score, 4)}
    return data | {"breakdown": suggestion.breakdown} if breakdown else data


def written_data(written: Written) -> dict[str, Any]:
    """What the person gave of an entry; `day` is the day of their own calendar."""
    return {
        "created_at": written.created_at.isoformat(),
        "day": written.day.isoformat(),
        "zone": written.zone,
        "text": written.text,
        "goal": written.goal,
        "state_of_mind": as_json(written.state_of_mind),
        "tags": list(written.tags),
        "correction": as_json(written.correction),
        "share": written.share,
        "origin": as_json(written.origin),
    }


def version_data(version: Version) -> dict[str, Any]:
    """What an entry was before one edit, and when that was."""
    return {"number": version.number, "replaced_at": version.replaced_at.isoformat()} | written_data(version.was)


def entry_data(entry: Entry) -> dict[str, Any]:
    """A whole entry with everything that is attached to it, in the forms of the events."""
    level = entry.safety.level if entry.safety else Level.NONE
    return {
        "id": entry.id,
        **written_data(entry),
        "safety": safety_data(entry.safety) if entry.safety else None,
        "emotions": emotions_data(entry.reading, level) if entry.reading else None,
        "evidence": {"spans": as_json(entry.evidence)} if entry.evidence is not None else None,
        "explanation": as_json(entry.explanation) if entry.explanation is not None else None,
        "suggestions": {"items": [suggestion_data(s) for s in entry.suggestions]} if entry.suggestions else None,
        "model": entry.reading.model if entry.reading else None,
        "verdicts": entry.verdicts,
        "labels": list(entry.labels),
    }
