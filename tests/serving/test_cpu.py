"""Number formats by processor."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.config import LlmArgs
from serving import cpu, llm


def test_tiles_are_seen_and_their_absence_is_too(tmp_path: Path) -> None:
    (tmp_path / "with").write_text("flags : fpu avx2 amx_bf16 amx_tile amx_int8\n")
    (tmp_path / "without").write_text("flags : fpu avx2 avx512f\n")
    assert cpu.has_tiles(tmp_path / "with") and not cpu.has_tiles(tmp_path / "without")
    assert not cpu.has_tiles(tmp_path / "nowhere")


def test_float32_becomes_bfloat16_on_tiles_and_nothing_else_changes() -> None:
    engine = {"dtype": "float32", "max_model_len": 2048}
    assert cpu.fitting(engine, tiles=True) == {"dtype": "bfloat16", "max_model_len": 2048}
    assert cpu.fitting(engine, tiles=False) == engine and engine["dtype"] == "float32"
    assert cpu.fitting({"dtype": "half"}, tiles=True) == {"dtype": "half"}


def test_the_shipped_model_gets_the_fitting_format_and_a_model_of_the_person_s_keeps_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(llm, "has_tiles", lambda: True)
    monkeypatch.setattr(llm, "prepare_default_llm", lambda *_: Path("/somewhere"))
    engine = {"dtype": "float32"}
    shipped = llm._settings(LlmArgs(application="llm", engine=engine))
    assert shipped["engine_kwargs"] == {"dtype": "bfloat16", "trust_remote_code": False}
    own = llm._settings(LlmArgs(application="llm", model="/own", engine=engine))
    assert own["engine_kwargs"]["dtype"] == "float32"
