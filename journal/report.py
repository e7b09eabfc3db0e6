"""One self-contained HTML page with the figures of a span, to be given to somebody: it loads nothing from anywhere.

Plotly's script comes from the installed package and stands in the page, which a content-security policy keeps from
asking any host. Printed from a browser it becomes a PDF.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from agent.domain import Entry
from agent.errors import ArtifactError
from journal.charts import charts

TEMPLATE = Path(__file__).with_name("report.html")


def page(
    figures: Mapping[str, Any],
    entries: Sequence[Entry] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    made_at: datetime | None = None,
) -> bytes:
    """The page, UTF-8. `entries` are shown with their own words, newest first; none unless they are given. Raises
    `ArtifactError` without the plotting library."""
    drawn = charts(figures)
    days = sorted(figures["calendar"])
    told = [one for one in figures["associations"] if one["difference"] is not None]
    return _environment().from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        first=since.date().isoformat() if since else (days[0] if days else ""),
        last=until.date().isoformat() if until else (days[-1] if days else ""),
        made=(made_at or datetime.now().astimezone()).strftime("%d %B %Y"),
        counts=figures["counts"], emotions=list(figures["emotions"].items())[:12], charts=drawn, told=told,
        early=len(figures["associations"]) - len(told), method=figures["method"], entries=entries,
        script=Markup(plotly_script() if drawn else ""),
        drawings=Markup(_as_script([chart.as_json() for chart in drawn])),
    ).encode()  # fmt: skip


@cache
def plotly_script() -> str:
    """Plotly's script from the installed package. Raises `ArtifactError`."""
    spec = find_spec("plotly")
    file = Path(spec.origin).parent / "package_data" / "plotly.min.js" if spec and spec.origin else None
    if file is None or not file.is_file():
        raise ArtifactError("Plotly's script is missing; run `make setup`.")
    return file.read_text(encoding="utf-8")


def _environment() -> Environment:
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _as_script(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
