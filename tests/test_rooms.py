"""Who may import whom, and that the heavy libraries have one home each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT: dict[str, set[str]] = {
    "agent": set(),
    "reader": {"agent"},
    "journal": {"agent"},
    "retrieval": {"agent", "reader"},
    "finetune": {"agent", "reader"},
    "serving": {"agent", "reader", "journal", "retrieval"},
    "eval": {"agent", "reader", "journal", "retrieval", "serving", "finetune"},
}
HOMES: dict[str, set[str]] = {
    "vllm": {"serving/vllm_server.py", "serving/llm.py"},
    "faiss": {"retrieval/index.py"},
    "mlflow": {"finetune/track.py"},
    "chainlit": {"serving/chat.py"},
    "ragas": {"eval/ragas_scores.py"},
    "great_expectations": {"finetune/quality.py"},
}
AGENT_ALONE = {"pydantic", "yaml", "numpy", "langchain", "langchain_core", "langchain_openai", "langgraph"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    assert modules(room)
    for path in modules(room):
        rooms = {name.split(".")[0] for name in imports(path)} & set(MAY_IMPORT)
        assert rooms <= MAY_IMPORT[room] | {room}, f"{path} imports {rooms}"


def test_each_heavy_library_has_one_home() -> None:
    for room in MAY_IMPORT:
        for path in modules(room):
            name = str(path.relative_to(ROOT))
            for heavy in {i.split(".")[0] for i in imports(path)} & set(HOMES):
                allowed = HOMES[heavy]
                assert name in allowed or (heavy == "chainlit" and name.startswith("serving/chat")), f"{name}: {heavy}"


def test_ray_serve_lives_in_serving_and_the_agent_stays_light() -> None:
    for room in MAY_IMPORT:
        for path in modules(room):
            names = set(imports(path))
            if any(n.startswith("ray.serve") for n in names):
                assert room in ("serving", "eval"), f"{path} imports Ray Serve"
            if room == "agent":
                import sys

                foreign = {n.split(".")[0] for n in names} - set(sys.stdlib_module_names) - {"agent", "__future__"}
                assert foreign <= AGENT_ALONE, f"{path} imports {foreign - AGENT_ALONE}"


def test_modules_and_functions_stay_small() -> None:
    for room in MAY_IMPORT:
        for path in modules(room):
            text = path.read_text()
            assert len(text.splitlines()) <= 300, f"{path}: {len(text.splitlines())} lines"
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                    assert node.end_lineno - node.lineno < 60, f"{path}:{node.name}"
