"""The figures as the chat shows them: every chart with the sentence that says it, drawn by the page itself.

The page draws with the Plotly that is installed here (`web_build` copies its script). Chainlit's own Plotly element
would write each figure to a file, and what moods somebody had must not lie on the disk in clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from journal.charts import charts


def drawn(figures: Mapping[str, Any]) -> dict[str, Any]:
    """What the element `Figures` gets: `charts` in the order they are read, and `says` of all of them."""
    counts = figures["counts"]
    if not counts["entries"]:
        return {"charts": [], "says": "There is nothing to draw yet. Figures come with the first entries."}
    many = "entry" if counts["entries"] == 1 else "entries"
    days = "day" if counts["days"] == 1 else "days"
    says = f"{counts['entries']:,} {many} on {counts['days']:,} {days}. Your own word counts wherever you gave one."
    return {"charts": [chart.as_json() for chart in charts(figures)], "says": says}
