"""Bad input and bad luck, by the commands a person types: one line that names what and where, and nothing lost."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from finetune import export as exporting
from finetune import ingest as ingesting
from finetune import quality, train
from finetune.progress import Shared, State
from finetune.track import Tracker
from finetune.train import TrainConfig
from tests.finetune.conftest import write_splits

pytestmark = pytest.mark.timeout(300)
ROOT = Path(__file__).parents[2]


def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], module: object, *words: object) -> str:
    """What a command says on standard error when it ends with code 2: one line."""
    monkeypatch.setattr(sys, "argv", ["x", *map(str, words)])
    with pytest.raises(SystemExit) as done:
        module.main()  # type: ignore[attr-defined]
    said = capsys.readouterr().err.strip()
    assert done.value.code == 2 and said.count("\n") == 0, said
    return said


@pytest.fixture
def config(tiny: TrainConfig, tmp_path: Path) -> Path:
    (tmp_path / "train.yaml").write_text(tiny.model_dump_json())
    return tmp_path / "train.yaml"


@pytest.mark.parametrize("module", [train, quality])
def test_a_missing_column(
    module: object, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "rows"
    folder.mkdir()
    for split in ("train", "dev", "test"):
        pq.write_table(pa.table({"text": ["a"], "label": [3]}), folder / f"{split}.parquet")
    said = refused(monkeypatch, capsys, module, "--config", config, "--data", folder)
    assert said.startswith(f"{folder}/train.parquet: expected the columns text and labels, found ['text', 'label']")


@pytest.mark.parametrize("module", [train, quality])
@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"no tabs at all\n", "expected text, ids and comment id separated by tabs, found 1 column(s)"),
        (b"a text\tjoy\tx\n", "expected label ids such as '3,27', found 'joy'"),
        (b"a text\t28\tx\n", "expected label ids 0..27, found [28]"),
        (b"\xff\t3\tx\n", "expected UTF-8, found the byte 0xff"),
    ],
)
def test_a_broken_row(
    module: object, line: bytes, words: str, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    raw = write_splits(tmp_path / "broken")
    with (raw / "dev.tsv").open("ab") as file:
        file.write(line)
    assert refused(monkeypatch, capsys, module, "--config", config, "--data", raw) == f"{raw}/dev.tsv:25: {words}"


def test_settings_that_cannot_be(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = json.loads(config.read_text())
    for change, words in (({"epoch": 3}, "epoch: Extra inputs"), ({"epochs": "many"}, "epochs: Input should be")):
        config.write_text(json.dumps(settings | change))
        assert words in refused(monkeypatch, capsys, train, "--config", config)
    assert "No such file" in refused(monkeypatch, capsys, train, "--config", config.with_name("none.yaml"))


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device", "somewhere")


@pytest.mark.usefixtures("ray_here")
def test_a_full_disk_while_rows_are_written_leaves_what_was_there(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "old").touch()
    monkeypatch.setattr(ingesting.pq.ParquetWriter, "write_table", full)
    said = refused(monkeypatch, capsys, ingesting, "--config", config, "--output", tmp_path / "data")
    assert said == "somewhere: No space left on device"
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["old"] and not list(tmp_path.glob(".ingest-*"))


def test_a_full_disk_while_a_model_is_written_leaves_the_old_one(
    tiny: TrainConfig, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    train.train(tiny.model_copy(update={"epochs": 1}))
    (tmp_path / "model").mkdir()
    capsys.readouterr()
    (tmp_path / "model" / "old").touch()
    monkeypatch.setattr(exporting, "quantise", full)
    said = refused(monkeypatch, capsys, exporting, "--config", config, "--output", tmp_path / "model")
    assert said.endswith("somewhere: No space left on device")
    assert [p.name for p in (tmp_path / "model").iterdir()] == ["old"] and not list(tmp_path.glob(".emotion-*"))


def test_a_disk_that_takes_nothing_large_costs_no_traceback_and_says_how_to_go_on(
    config: Path, tiny: TrainConfig
) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = subprocess.run(
        [sys.executable, "-m", "finetune.train", "--config", str(config)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, preexec_fn=small_files,
    )  # fmt: skip
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert "checkpoint.pt was not written" in done.stderr and "the run goes on" in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"{tiny.output}/weights.pt: ") and "the same command" in last


def test_a_record_that_cannot_be_written_ends_no_run(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "track.jsonl").symlink_to("/dev/full")
    tracker = Tracker(tmp_path, "http://127.0.0.1:9")
    tracker.note("metrics", step=1, values={"loss": 1.0})
    tracker.note("metrics", step=2, values={"loss": 1.0})
    [said] = [r.getMessage() for r in caplog.records]
    assert "track.jsonl" in said and "No space left" in said and "the run goes on" in said
    (tmp_path / "progress.new").symlink_to("/dev/full")
    Shared(tmp_path).show(State(1, 2, 10, 10, 0.25, 120.0, 200.0))


def test_an_mlflow_that_is_away_costs_a_run_one_line(tiny: TrainConfig, caplog: pytest.LogCaptureFixture) -> None:
    away = tiny.model_copy(update={"track": "http://127.0.0.1:9", "epochs": 1})
    assert (train.train(away) / "weights.pt").exists()
    said = [r.getMessage() for r in caplog.records if "MLflow" in r.getMessage()]
    assert len(said) == 1 and f"python -m finetune.track sync {tiny.output} --uri http://127.0.0.1:9" in said[0]
    assert '"end"' in (tiny.output / "track.jsonl").read_text().splitlines()[-1]
