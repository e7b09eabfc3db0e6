"""What the documentation says is there: links, make words, configuration keys with their defaults, routes, pages."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import pytest
import yaml
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from agent.config import DiscoveryArgs, EndpointConfig, LlmArgs
from finetune.train import TrainConfig
from finetune.tune import TuneConfig
from serving.artifacts import Source
from serving.gateway import create_app

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
# README.md and the benchmarks are written last; whatever is there is held to the same.
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "deploy").rglob("*.md")])

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_MAKE = re.compile(r"\bmake ((?:PYTHON=\S+ )?[a-z][a-z-]*)")
_COMMENT = re.compile(r"#.*")
_ROW = re.compile(r"^\| `([a-z0-9_.]+)` \| (.+?) \|", re.MULTILINE)
_ROUTE = re.compile(r"\b(GET|POST|PATCH|DELETE|PUT) (/[\w/{}-]*)")

NONE = "none"
"""How a table says that a key has to be given."""


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_resolves(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name(page)} links to {link}, and there is no such file"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{name(page)} links to {link}, and there is no such heading"


def words() -> dict[str, str]:
    """The words of the Makefile that carry a help text."""
    return dict(re.findall(r"^([a-z-]+):.*## (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_make_word_is_in_the_makefile(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    said = {word for code in _CODE.findall(page.read_text()) for word in _MAKE.findall(_COMMENT.sub("", code))}
    assert {word.split()[-1] for word in said} <= targets, name(page)


def test_development_lists_every_make_word() -> None:
    listed = re.findall(r"^\| `make ([a-z-]+)` \|", (DOCS / "development.md").read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(words())


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a configuration by its dotted name, with its default; those of optional parts as well."""
    for key, field in model.model_fields.items():
        kinds = [kind for kind in (field.annotation, *get_args(field.annotation)) if isinstance(kind, type)]
        parts = [kind for kind in kinds if issubclass(kind, BaseModel)]
        for part in parts:
            yield from keys(part, f"{prefix}{key}.")
        if not parts or not isinstance(field.default, (BaseModel, NoneType)):
            default = field.get_default(call_default_factory=True)
            yield prefix + key, default


def section(title: str) -> dict[str, str]:
    """The table below a heading of the page on configuration: key -> default, as they stand there."""
    page = (DOCS / "configuration.md").read_text()
    found = page.split(f"\n## {title}\n", 1)
    assert len(found) == 2, f"configuration.md has no heading {title!r}"
    return dict(_ROW.findall(found[1].split("\n## ", 1)[0]))


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("`discovery`", DiscoveryArgs),
        ("`llm`", LlmArgs),
        ("Model files", Source),
        ("Training", TrainConfig),
        ("Tuning", TuneConfig),
    ],
)
def test_every_configuration_key_is_documented_with_its_default(title: str, model: type[BaseModel]) -> None:
    told, known = section(title), dict(keys(model))
    assert set(told) == set(known)
    for key, default in known.items():
        if default is PydanticUndefined:
            assert told[key] == NONE, key
        else:
            shown = yaml.safe_load(told[key].strip("`"))
            assert shown == (str(default) if isinstance(default, Path) else default), key


def test_the_keys_of_an_endpoint_are_among_them() -> None:
    assert {f"llm.{key}" for key in EndpointConfig.model_fields} <= set(section("`discovery`"))


def test_every_route_is_documented_and_none_that_is_not_there() -> None:
    app = create_app(None, None)  # type: ignore[arg-type]
    there = {(method, route.path) for route in app.routes if isinstance(route, APIRoute) for method in route.methods}
    page = (DOCS / "api.md").read_text()
    listed = {(m, p) for row in re.findall(r"^\| `(.+?)` \|", page, re.MULTILINE) for m, p in _ROUTE.findall(row)}
    assert listed == there
    for other in PAGES:
        for method, path in _ROUTE.findall(other.read_text()):
            known = {p for m, p in there if m == method}
            assert path in known or path.replace("{id}", "{entry_id}") in known, f"{name(other)}: {method} {path}"


def test_the_changelog_names_the_version_of_the_project() -> None:
    versions = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert versions[0] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


class Asked(HTMLParser):
    """Everything that a page loads by itself when it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.mermaid = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        loads = {"script": "src", "img": "src", "iframe": "src", "source": "src"}.get(tag)
        if tag == "link" and given.get("rel") not in ("canonical", "prev", "next"):
            loads = "href"
        if loads and given.get(loads):
            self.urls.append(given[loads])
        # The theme fetches a drawing library from outside as soon as one page holds such a block.
        self.mermaid |= "mermaid" in given.get("class", "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site. Not with `--quiet`: that hides the warnings which `--strict` makes errors of, from itself as well."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


def test_no_page_of_the_site_asks_another_host_for_anything(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert pages
    for page in pages:
        asked = Asked()
        asked.feed(page.read_text())
        assert not [url for url in asked.urls if re.match(r"(?:[a-z]+:)?//", url)], page
        assert not asked.mermaid, page


def test_the_reference_holds_the_docstrings(site: Path) -> None:
    for room in ("agent", "reader", "journal", "retrieval", "serving"):
        text = (site / "reference" / f"{room}.html").read_text()
        modules = [path.stem for path in (ROOT / room).glob("*.py") if not path.stem.startswith("_")]
        assert all(f'id="{room}.{module}"' in text for module in modules), room
