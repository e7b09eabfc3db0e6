"""The figures as charts: pure functions to Plotly's own JSON (`data`, `layout`), each with a sentence that says it.

Nothing here imports Plotly: whoever shows a chart brings the library, from the installed package and never from the
network. Labels are few and short enough for a phone of 360 pixels. Grounds are transparent and colours hold on light
and dark; whoever shows it sets the colour of the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from journal.transfer.names import class_of

Json = dict[str, Any]
Figures = Mapping[str, Any]

PLEASANT, UNPLEASANT, BETWEEN = "#3f9d88", "#b7628b", "#b3a58c"
SCALE = [[0.0, UNPLEASANT], [0.5, BETWEEN], [1.0, PLEASANT]]
SERIES = ("#3f9d88", "#b7628b", "#c79a3a", "#5a86c0", "#8f78b8", "#c0714e", "#8c8c8c")
MOST_LABELS, MOST_YEARS, MOST_PAIRS = 6, 3, 20
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Chart(NamedTuple):
    """A chart by name: its title, what it says in a sentence, and Plotly's JSON."""

    name: str
    title: str
    says: str
    figure: Json

    def as_json(self) -> Json:
        """Plain JSON."""
        return self._asdict()


def charts(figures: Figures) -> list[Chart]:
    """Every chart that has something to show, in the order in which they are read."""
    made = [
        course(figures["valence"]), *years(figures["calendar"]), weeks(figures["weeks"]),
        hours(figures["rhythm"]["hours"]), weekdays(figures["rhythm"]["weekdays"]), plane(figures["map"]),
        together(figures["associations"]),
    ]  # fmt: skip
    return [chart for chart in made if chart]


def course(days: Sequence[Json]) -> Chart | None:
    """Valence by day: points, and a smoothed line that breaks where nothing is known."""
    if not days:
        return None
    at: list[str] = []
    line: list[float | None] = []
    for day in days:
        if day["gap"]:  # a point without a value, so that the line does not cross what nobody wrote
            at.append(day["date"])
            line.append(None)
        at.append(day["date"])
        line.append(day["smooth"])
    points = {
        "type": "scatter", "mode": "markers", "name": "a day", "x": [d["date"] for d in days],
        "y": [d["mean"] for d in days], "customdata": [d["n"] for d in days],
        "marker": {"color": [d["mean"] for d in days], "colorscale": SCALE, "cmin": -1, "cmax": 1, "size": 7},
        "hovertemplate": "%{x}<br>%{y:+.2f}, entries: %{customdata}<extra></extra>",
    }  # fmt: skip
    smooth = {
        "type": "scatter", "mode": "lines", "name": "smoothed", "x": at, "y": line, "connectgaps": False,
        "line": {"color": BETWEEN, "width": 2.5}, "hoverinfo": "skip",
    }  # fmt: skip
    last = days[-1]
    says = f"{_some(len(days), 'day')} from {days[0]['date']} to {last['date']}; "
    says += f"the line last stood at {_at(last['smooth'])}."
    drawn = _figure([points, smooth], xaxis=_dates(), yaxis=_valence_axis())
    return Chart("course", "How pleasant the days were", says, drawn)


def years(calendar: Mapping[str, Json]) -> list[Chart]:
    """A year in pixels, newest first: a row a month, a square a day."""
    by_year: dict[int, dict[date, Json]] = {}
    for day, found in calendar.items():
        known = date.fromisoformat(day)
        by_year.setdefault(known.year, {})[known] = found
    return [_year(year, by_year[year]) for year in sorted(by_year, reverse=True)[:MOST_YEARS]]


def _year(year: int, days: Mapping[date, Json]) -> Chart:
    values: list[list[float | None]] = [[None] * 31 for _ in MONTHS]
    told: list[list[str]] = [[""] * 31 for _ in MONTHS]
    for day, found in days.items():
        values[day.month - 1][day.day - 1] = found["valence"]
        told[day.month - 1][day.day - 1] = f"{day:%d %b}: {_some(found['n'], 'entry', 'entries')}"
    grid = {
        "type": "heatmap", "x": list(range(1, 32)), "y": list(MONTHS), "z": values, "text": told,
        "colorscale": SCALE, "zmin": -1, "zmax": 1, "xgap": 1, "ygap": 2, "hoverongaps": False,
        "hovertemplate": "%{text}<br>%{z:+.2f}<extra></extra>", "colorbar": _colorbar(),
    }  # fmt: skip
    known = [found["valence"] for found in days.values() if found["valence"] is not None]
    says = f"{_some(len(days), 'day')} with entries, {sum(v > 0 for v in known)} of them on the pleasant side."
    axes: Json = {
        "yaxis": {"autorange": "reversed", "showgrid": False},
        "xaxis": {"showgrid": False, "dtick": 5, "tick0": 1},
    }
    return Chart(f"year-{year}", f"{year} in days", says, _figure([grid], height=380, **axes))


def weeks(found: Sequence[Json]) -> Chart | None:
    """The share of each emotion by week; the rarer ones stand together."""
    total: Counter[str] = Counter()
    for week in found:
        total.update(week["shares"])
    if not total:
        return None
    shown = [label for label, _ in total.most_common(MOST_LABELS)]
    rest = [round(sum(v for k, v in week["shares"].items() if k not in shown), 4) for week in found]
    series = [(label, [week["shares"].get(label, 0) for week in found]) for label in shown]
    series += [("others", rest)] if any(rest) else []
    bars = [
        {"type": "bar", "name": label, "x": [w["week"] for w in found], "y": values, "marker": {"color": color},
         "hovertemplate": f"week of %{{x}}<br>{label}: %{{y:.0%}}<extra></extra>"}
        for (label, values), color in zip(series, SERIES, strict=False)
    ]  # fmt: skip
    axes: Json = {"xaxis": _dates(), "yaxis": {"tickformat": ".0%", "range": [0, 1], "fixedrange": True}}
    says = f"Most often named: {', '.join(shown[:3])}."
    return Chart("weeks", "What was in the weeks", says, _figure(bars, height=380, barmode="stack", **axes))


def hours(found: Sequence[Json]) -> Chart | None:
    """How pleasant entries were by the hour they were written at."""
    return _rhythm("hours", "By the hour", found, [f"{one['hour']:02d}" for one in found], "the hour")


def weekdays(found: Sequence[Json]) -> Chart | None:
    """How pleasant entries were by the day of the week."""
    return _rhythm("weekdays", "By the day of the week", found, [one["day"][:3] for one in found], "the weekday")


def _rhythm(name: str, title: str, found: Sequence[Json], at: list[str], what: str) -> Chart | None:
    told = [one for one in found if one["mean"] is not None]
    if not told:
        return None
    bars = {
        "type": "bar", "x": at, "y": [one["mean"] for one in found], "customdata": [one["n"] for one in found],
        "marker": {"color": [_colour(one["mean"] or 0.0) for one in found]},
        "error_y": {
            "type": "data", "symmetric": False, "thickness": 1.2, "color": "#8c8c8c",
            "array": [one["high"] - one["mean"] if one["mean"] is not None else 0 for one in found],
            "arrayminus": [one["mean"] - one["low"] if one["mean"] is not None else 0 for one in found],
        },
        "hovertemplate": "%{x}: %{y:+.2f}, entries: %{customdata}<extra></extra>",
    }  # fmt: skip
    says = f"Shown from ten entries on; the thin lines are 95% intervals. For {len(found) - len(told)} of {len(found)} "
    says += f"it is too early to say. This is {what} of writing, not of what was written about."
    every = 4 if len(at) > 7 else 1
    axis = {"type": "category", "tickvals": at[::every], "ticktext": [one[:2] for one in at[::every]], "tickangle": 0}
    return Chart(name, title, says, _figure([bars], xaxis=axis, yaxis=_valence_axis()))


def plane(found: Figures) -> Chart | None:
    """Where entries lie in energy and valence; a dot is larger the more there are."""
    cells = found["cells"]
    if not cells:
        return None
    most = max(cell["n"] for cell in cells)
    dots = {
        "type": "scatter", "mode": "markers", "x": [c["valence"] for c in cells], "y": [c["energy"] for c in cells],
        "customdata": [c["n"] for c in cells], "hovertemplate": "entries: %{customdata}<extra></extra>",
        "marker": {
            "size": [8 + 30 * (c["n"] / most) ** 0.5 for c in cells], "opacity": 0.75,
            "color": [c["valence"] for c in cells], "colorscale": SCALE, "cmin": -1, "cmax": 1,
        },
    }  # fmt: skip
    quadrants = found["quadrants"]
    most_in = max(quadrants, key=lambda name: quadrants[name])
    says = f"Most entries lie in: {most_in} ({quadrants[most_in]} of {sum(quadrants.values())})."
    axes = {
        "xaxis": {"title": {"text": "unpleasant to pleasant"}, "range": [-1.1, 1.1], "zeroline": True},
        "yaxis": {"title": {"text": "still to energetic"}, "range": [-0.06, 1.06]},
    }
    return Chart("map", "Energy and pleasantness", says, _figure([dots], height=420, **axes))


def together(found: Sequence[Json]) -> Chart | None:
    """What went together with more or less pleasant entries, with intervals."""
    told = sorted((one for one in found if one["difference"] is not None), key=lambda one: one["difference"])
    if not told:
        return None
    if len(told) > MOST_PAIRS:
        told = sorted(sorted(told, key=lambda one: one["p"])[:MOST_PAIRS], key=lambda one: one["difference"])
    dots = {
        "type": "scatter", "mode": "markers", "x": [one["difference"] for one in told],
        "y": [f"{one['name'].replace('_', ' ')}<br>({one['kind']})" for one in told],
        "customdata": [[one["n_with"], one["n_without"], one["says"]] for one in told],
        "marker": {"size": 9, "color": [_clear(one) for one in told]},
        "error_x": {
            "type": "data", "symmetric": False, "thickness": 1.5, "color": "#8c8c8c",
            "array": [one["high"] - one["difference"] for one in told],
            "arrayminus": [one["difference"] - one["low"] for one in told],
        },
        "hovertemplate": "%{y}: %{x:+.2f}<br>%{customdata[0]} with, %{customdata[1]} without<br>%{customdata[2]}"
        "<extra></extra>",
    }  # fmt: skip
    clear = [one for one in told if one["says"] != "no clear difference"]
    says = f"{len(clear)} of {told[0]['tried']} compared differ clearly, after Holm's correction for their number. "
    says += "This says what went together, never why."
    height = 140 + 40 * len(told)
    axes = {"xaxis": {"title": {"text": "less to more pleasant"}, "zeroline": True, "nticks": 4, "tickangle": 0}}
    return Chart("together", "What went together", says, _figure([dots], height=height, **axes))


def _colour(valence: float) -> str:
    """The colour of a valence on the scale; bars take no scale of their own."""
    end = PLEASANT if valence > 0 else UNPLEASANT
    pairs = zip(_channels(BETWEEN), _channels(end), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * min(1.0, abs(valence))):02x}" for a, b in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def _clear(one: Json) -> str:
    return {"more pleasant with it": PLEASANT, "less pleasant with it": UNPLEASANT}.get(one["says"], BETWEEN)


def _figure(data: list[Json], *, height: int = 300, **layout: Any) -> Json:
    base: Json = {
        "height": height, "margin": {"l": 52, "r": 16, "t": 12, "b": 44}, "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)", "showlegend": len(data) > 2, "dragmode": False,
        "legend": {"orientation": "h", "y": -0.22, "yanchor": "top"}, "font": {"size": 13},
    }  # fmt: skip
    axes = {
        name: {"gridcolor": "rgba(128,128,128,0.18)", "zerolinecolor": "rgba(128,128,128,0.55)", "automargin": True}
        | layout.pop(name, {})
        for name in ("xaxis", "yaxis")
    }
    return {"data": data, "layout": base | axes | layout}


def _valence_axis() -> Json:
    return {
        "range": [-1.2, 1.2], "tickvals": [-1, -0.5, 0, 0.5, 1], "fixedrange": True,
        "ticktext": ["very<br>unpleasant", "", "neutral", "", "very<br>pleasant"],
    }  # fmt: skip


def _dates() -> Json:
    """A date axis that names few dates, level: the year stands once, beneath the first of its dates."""
    return {"nticks": 4, "tickangle": 0}


def _colorbar() -> Json:
    return {
        "tickvals": [-1, 0, 1],
        "ticktext": ["unpleasant", "neutral", "pleasant"],
        "thickness": 8,
        "outlinewidth": 0,
        "orientation": "h",
        "y": -0.14,
        "yanchor": "top",
        "len": 0.8,
    }


def _at(valence: float) -> str:
    return class_of(valence).replace("_", " ")


def _some(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
