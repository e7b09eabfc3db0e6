"""What a person can choose in the chat, in words, and what that means for the journal's settings."""

from __future__ import annotations

from typing import Any

from agent.domain import Settings

AUTOMATIC = "By the language of this computer"
ELSEWHERE = "Somewhere else"

COUNTRIES: dict[str, str] = {
    "AR": "Argentina", "AU": "Australia", "AT": "Austria", "BE": "Belgium", "BR": "Brazil", "CA": "Canada",
    "CZ": "Czechia", "DK": "Denmark", "FI": "Finland", "FR": "France", "DE": "Germany", "GR": "Greece",
    "HK": "Hong Kong", "IN": "India", "IE": "Ireland", "IL": "Israel", "IT": "Italy", "JP": "Japan", "KE": "Kenya",
    "MX": "Mexico", "NL": "Netherlands", "NZ": "New Zealand", "NO": "Norway", "PH": "Philippines", "PL": "Poland",
    "PT": "Portugal", "SG": "Singapore", "ZA": "South Africa", "KR": "South Korea", "ES": "Spain", "SE": "Sweden",
    "CH": "Switzerland", "TW": "Taiwan", "GB": "United Kingdom", "US": "United States",
}  # fmt: skip
"""Countries with help lines of known source, by ISO 3166 alpha-2."""

NOWHERE = "ZZ"
"""The code that ISO keeps free for "unknown": no country's lines, the world-wide directory instead."""

REGIONS: dict[str, str | None] = {
    AUTOMATIC: None,
    **{name: code for code, name in COUNTRIES.items()},
    ELSEWHERE: NOWHERE,
}
"""The choices as a person sees them, and the region each stands for."""


def region_name(region: str | None) -> str:
    """The choice that stands for a stored region."""
    return next((name for name, code in REGIONS.items() if code == region), ELSEWHERE)


def from_form(form: dict[str, Any]) -> Settings:
    """The settings that a filled-in form means; an unknown country name counts as somewhere else."""
    return Settings(
        region=REGIONS.get(form.get("region") or AUTOMATIC, NOWHERE),
        read_emotions=bool(form.get("read_emotions", True)),
        suggestions=bool(form.get("suggestions", True)),
    )
