"""The notebook imports and never defines, ships without outputs, and runs to its end on a few rows."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.finetune.conftest import write_splits

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "emotions.ipynb"
DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def cells() -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]


def test_it_imports_and_never_defines_and_holds_no_outputs() -> None:
    assert len(cells()) > 8
    for cell in cells():
        assert not [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, DEFINING)], cell.source
        assert not cell.outputs and cell.execution_count is None


@pytest.mark.timeout(300)
def test_it_runs_on_a_small_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCOVERY_ROWS", str(write_splits(tmp_path)))
    monkeypatch.setenv("DISCOVERY_MOST", "20")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=240, startup_timeout=240, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    assert not [out for out in shown if out.output_type == "error"]
    assert sum("image/png" in out.get("data", {}) for out in shown) == 4
    told = [out["data"]["text/plain"] for out in shown if "text/plain" in out.get("data", {})]
    assert "'train': 20" in told[0]  # whatever a library said on stderr before it
