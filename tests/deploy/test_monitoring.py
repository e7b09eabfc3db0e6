"""Prometheus and Grafana read what the gateway really counts."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from serving.gateway import routes
from serving.metrics import REGISTRY

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
_METRIC = re.compile(r"discovery_[a-z_]+")


@pytest.fixture(scope="module")
def dashboard() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DEPLOY / "grafana" / "discovery.json").read_text())
    return loaded


def exposed() -> dict[str, set[str]]:
    """Sample names that can be asked for, with their labels."""
    found: dict[str, set[str]] = {}
    for collector in REGISTRY._collector_to_names:
        names, labels = REGISTRY._collector_to_names[collector], set(collector._labelnames)  # type: ignore[attr-defined]
        found |= {name: labels | ({"le"} if name.endswith("_bucket") else set()) for name in names}
    return found


def expressions(dashboard: dict[str, Any]) -> list[str]:
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def test_prometheus_asks_the_route_where_the_gateway_listens() -> None:
    [job] = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())["scrape_configs"]
    local = yaml.safe_load((ROOT / "configs" / "local.yaml").read_text())["http_options"]
    assert job["static_configs"] == [{"targets": [f"{local['host']}:{local['port']}"]}]
    assert job["metrics_path"] in {route.path for route in routes.routes}  # type: ignore[attr-defined]


def test_every_panel_shows_a_metric_that_exists_by_labels_that_it_has(dashboard: dict[str, Any]) -> None:
    known = exposed()
    for expression in expressions(dashboard):
        [metric] = _METRIC.findall(expression)
        assert metric in known, expression
        grouped = set(re.findall(r"\w+", "".join(re.findall(r"by \(([^)]*)\)", expression))))
        filtered = set(re.findall(r"(\w+)=~?\"", expression))
        assert grouped | filtered <= known[metric], expression


def test_every_metric_has_a_panel(dashboard: dict[str, Any]) -> None:
    shown = " ".join(expressions(dashboard))
    for names in REGISTRY._collector_to_names.values():
        assert any(re.search(rf"\b{name}\b", shown) for name in names), names


def test_legends_name_only_labels_that_are_left_after_grouping(dashboard: dict[str, Any]) -> None:
    for target in (target for panel in dashboard["panels"] for target in panel["targets"]):
        grouped = set(re.findall(r"\w+", "".join(re.findall(r"by \(([^)]*)\)", target["expr"]))))
        assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= grouped


def test_grafana_can_lay_it_out(dashboard: dict[str, Any]) -> None:
    assert {"uid", "title", "schemaVersion", "panels", "templating", "time"} <= set(dashboard)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    places = [panel["gridPos"] for panel in dashboard["panels"]]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    for a, b in combinations(places, 2):
        apart = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        assert apart or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
    [source] = dashboard["templating"]["list"]
    assert source["type"] == "datasource" and source["name"] == "datasource"
