"""The folder that Chainlit runs in: whole, local, and made once."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from agent.domain import EMOTIONS
from agent.errors import ArtifactError
from serving.web_build import STAMP, local_index, prepare_web


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_web(tmp_path_factory.mktemp("cache") / "chat")


def test_the_index_page_asks_nobody_else_and_runs_no_script_of_its_own(root: Path) -> None:
    html = (root / "build" / "index.html").read_text()
    assert not re.findall(r"https?://", html)
    assert not re.findall(r"<script(?![^>]*\bsrc=)", html)
    for path in re.findall(r'(?:src|href)="/(public/[^"]+)"', html):
        assert (root / path).is_file(), path
    for path in re.findall(r'(?:src|href)="/(assets/[^"]+)"', html):
        assert (root / "build" / path).is_file(), path


def test_our_own_files_name_no_foreign_resource(root: Path) -> None:
    for path in (root / "public").rglob("*.css"):
        assert all(url.startswith("/public/") for url in re.findall(r"url\(['\"]?([^'\")]+)", path.read_text())), path
        assert "@import" not in path.read_text()


def test_every_font_that_the_style_asks_for_is_there_with_its_licence(root: Path) -> None:
    asked = re.findall(r"url\('/(public/fonts/[^']+)'\)", (root / "public" / "discovery.css").read_text())
    assert len(asked) == 3
    assert all((root / path).is_file() for path in asked)
    assert "SIL OPEN FONT LICENSE" in (root / "public" / "fonts" / "OFL.txt").read_text()


def test_the_settings_close_what_is_not_needed(root: Path) -> None:
    config = tomllib.loads((root / ".chainlit" / "config.toml").read_text())
    features = config["features"]
    assert config["project"]["allow_origins"] == []
    assert not features["unsafe_allow_html"] and not features["mcp"]["enabled"] and not features["edit_message"]
    assert not features["spontaneous_file_upload"]["enabled"] and not features["audio"]["enabled"]
    assert (root / config["UI"]["custom_build"] / "index.html").is_file()


def test_elements_are_one_file_each_and_offer_all_28_emotions(root: Path) -> None:
    assert {path.name for path in (root / "public" / "elements").iterdir()} == {
        "Page.jsx",
        "Welcome.jsx",
        "More.jsx",
        "Figures.jsx",
    }
    code = (root / "public" / "elements" / "Page.jsx").read_text()
    [choices] = re.findall(r"const CHOICES = (.+);", code)
    assert sorted(label for kind in json.loads(choices).values() for label in kind) == sorted(EMOTIONS)
    assert code.index("function Words") < code.index("function Pages") < code.index("export default")
    assert not re.findall(r"@[A-Z_]+@", code + (root / "public" / "discovery.js").read_text())


def test_our_words_lie_over_chainlit_s(root: Path) -> None:
    words = json.loads((root / ".chainlit" / "translations" / "en-US.json").read_text())
    assert "LLMs can make mistakes" not in json.dumps(words)
    assert words["chat"]["input"]["placeholder"] == "What is on your mind?"
    assert words["common"]["actions"]["cancel"] == "Cancel"


def test_a_second_preparation_changes_nothing_and_leaves_no_scratch(root: Path) -> None:
    before = (root / STAMP).stat().st_mtime_ns
    (root / "kept").write_text("x")
    assert prepare_web(root) == root
    assert (root / STAMP).stat().st_mtime_ns == before
    assert [path.name for path in root.parent.iterdir()] == ["chat"]
    (root / "kept").unlink()


def test_an_older_or_half_made_folder_is_exchanged_whole(root: Path) -> None:
    stamp = (root / STAMP).read_text()
    (root / STAMP).write_text("older")
    (root / "left over").write_text("x")
    (root / "build" / "index.html").unlink()
    assert (prepare_web(root) / STAMP).read_text() == stamp
    assert not (root / "left over").exists()
    assert (root / "build" / "index.html").is_file()


def test_an_index_page_of_another_chainlit_is_refused() -> None:
    with pytest.raises(ArtifactError, match=r"not the page of version 2\.12"):
        local_index("<html><body><div id='app'></div></body></html>")
