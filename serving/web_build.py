"""Prepares the folder that Chainlit runs in: its own frontend without the outside world, our settings and looks.

Chainlit's index page loads fonts and styles from other hosts, and Chainlit writes files beside its configuration. So
the installed frontend is copied once into the user's cache folder, its index page is rewritten to local files only,
and `CHAINLIT_APP_ROOT` points there: the repository stays clean and no request leaves the machine.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from agent.affect import AFFECT
from agent.domain import MAX_TEXT
from agent.errors import ArtifactError
from journal.report import plotly_script
from serving.chat_page import mood

WEB = Path(__file__).parent / "web"
"""Our own part of the page: settings, words, style, scripts and elements."""

STAMP = ".made-from"
"""The file that says what a prepared folder was made from."""

SEPARATE = re.compile(r"^(.+)\.(\d+)-[a-z]+\.jsx$")
"""`page.3-bars.jsx` is the third part of the element Page: the browser gets one file, an engineer reads small ones."""

HEAD = """<meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <title>Discovery</title>
    <link rel="icon" href="/public/favicon.svg" />
    <link rel="preload" href="/public/fonts/Vollkorn-Regular.woff2" as="font" type="font/woff2" crossorigin />
    <script src="/public/early.js"></script>"""

TAIL = """<link rel="stylesheet" href="/public/discovery.css" />
    <script defer src="/public/discovery.js"></script>"""


def prepare_web(target: Path) -> Path:
    """Makes `target` the folder for `CHAINLIT_APP_ROOT`, unless it is that already, and returns it.

    The folder is exchanged whole, so a killed preparation leaves nothing half-made.
    Raises `ArtifactError` when Chainlit's frontend is missing or is not the one this was written for.
    """
    frontend = _installed_frontend()
    wanted = _fingerprint(frontend)
    if _stamp(target) == wanted:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        made = Path(scratch) / "made"
        _fill(made, frontend)
        (made / STAMP).write_text(wanted)
        try:
            if target.exists():
                target.rename(Path(scratch) / "old")
            made.rename(target)
        except OSError:
            # Somebody else exchanged the folder in this moment; theirs is as good as ours.
            if _stamp(target) != wanted:
                raise
    return target


def _stamp(root: Path) -> str:
    """What a prepared folder was made from; empty for a folder that is none."""
    stamp = root / STAMP
    return stamp.read_text() if stamp.is_file() else ""


def _installed_frontend() -> Path:
    """The built frontend inside the installed package, found without importing it (importing writes files)."""
    spec = find_spec("chainlit")
    if spec is None or spec.origin is None:
        raise ArtifactError("Chainlit is not installed in this environment; run `make setup`.")
    frontend = Path(spec.origin).parent / "frontend" / "dist"
    if not (frontend / "index.html").is_file():
        raise ArtifactError(f"{frontend / 'index.html'} is missing; reinstall Chainlit with `make setup`.")
    return frontend


def _fingerprint(frontend: Path) -> str:
    """A name that changes whenever anything that goes into the folder changes."""
    digest = hashlib.sha256(f"{MAX_TEXT} {_choices()}".encode())
    # The names of Chainlit's bundles carry their own hashes, so its index page stands for all of them.
    for path in (frontend / "index.html", Path(__file__), *sorted(p for p in WEB.rglob("*") if p.is_file())):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _fill(root: Path, frontend: Path) -> None:
    root.mkdir()
    shutil.copytree(frontend, root / "build", ignore=shutil.ignore_patterns("*.map"))
    index = root / "build" / "index.html"
    index.write_text(local_index(index.read_text(encoding="utf-8")), encoding="utf-8")

    public = root / "public"
    shutil.copytree(WEB / "public", public)
    script = public / "discovery.js"
    script.write_text(script.read_text(encoding="utf-8").replace("@MAX_TEXT@", str(MAX_TEXT)), encoding="utf-8")
    shutil.copytree(WEB / "fonts", public / "fonts")
    (public / "plotly.min.js").write_text(plotly_script(), encoding="utf-8")
    for theme in ("light", "dark"):
        shutil.copy(WEB / "public" / "favicon.svg", public / f"logo_{theme}.svg")
    (public / "discovery.css").write_text(join_styles(WEB / "styles"), encoding="utf-8")
    _write_elements(public / "elements")

    settings = root / ".chainlit"
    (settings / "translations").mkdir(parents=True)
    shutil.copy(WEB / "config.toml", settings / "config.toml")
    words = json.loads((frontend.parents[1] / "translations" / "en-US.json").read_text(encoding="utf-8"))
    ours = json.loads((WEB / "translation.json").read_text(encoding="utf-8"))
    (settings / "translations" / "en-US.json").write_text(json.dumps(_over(words, ours)), encoding="utf-8")
    shutil.copy(WEB / "chainlit.md", root / "chainlit.md")


def local_index(html: str) -> str:
    """Chainlit's index page with nothing in it that asks another host, and no script inside the page itself, so that
    the content-security policy may forbid those. Raises `ArtifactError` when the page is not of the known shape."""
    module = re.search(r'<script type="module" crossorigin src="/assets/index-[\w-]+\.js"></script>', html)
    style = re.search(r'<link rel="stylesheet" crossorigin href="/assets/index-[\w-]+\.css">', html)
    if not module or not style or '<div id="root"></div>' not in html:
        raise ArtifactError(
            "Chainlit's index.html is not the page of version 2.12: no module, stylesheet or root found. "
            "Install the version that requirements.txt names."
        )
    return f"""<!doctype html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0, interactive-widget=resizes-content" />
    {HEAD}
    {module[0]}
    {style[0]}
    {TAIL}
  </head>
  <body>
    <div id="root"></div>
    <noscript>Discovery's page needs JavaScript. Without it, write in a terminal: discovery say "..."</noscript>
  </body>
</html>
"""


def join_styles(folder: Path) -> str:
    """All style sheets of a folder as one, in the order of their names."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.css")))


def _write_elements(target: Path) -> None:
    """Each element as the one file that Chainlit asks for, its parts joined in order."""
    target.mkdir()
    elements: dict[str, list[str]] = {}
    for path in sorted((WEB / "elements").glob("*.jsx")):
        match = SEPARATE.match(path.name)
        elements.setdefault(match[1] if match else path.stem, []).append(path.read_text(encoding="utf-8"))
    for name, parts in elements.items():
        code = "\n".join(parts).replace("@CHOICES@", _choices())
        (target / f"{name.capitalize()}.jsx").write_text(code, encoding="utf-8")


def _choices() -> str:
    """The emotions a person can choose from, by colour, as the JSON that goes into the page."""
    kinds = ("pleasant", "between", "unpleasant", "even")
    return json.dumps({kind: [label for label in AFFECT if mood(label) == kind] for kind in kinds})


def _over(base: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """`base` with our values laid over it, branch by branch."""
    merged = dict(base)
    for name, value in ours.items():
        merged[name] = _over(base[name], value) if isinstance(value, dict) else value
    return merged
