"""The search for training settings: `python -m finetune.tune --config configs/tune.yaml`.

Ray Tune runs the trials, Optuna (TPE) proposes settings from those that went before, and ASHA stops trials that lag.
A trial takes as many CPUs as it has threads, so that trials beside each other never take more than the machine has. A
search that was stopped goes on with the same command: finished trials are kept, the others go on from their last
checkpoint.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from finetune import cluster, loop, track
from finetune.dataset import DataError
from finetune.train import TrainConfig, read_config
from finetune.trial import METRIC, Told, run_trial

QUIET = {"TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1", "RAY_CHDIR_TO_TRIAL_DIR": "0", "RAY_AIR_NEW_OUTPUT": "0"}
"""The record of a trial is its own; it stays in the folder in which the search was started."""


class Range(BaseModel):
    """One setting: between `low` and `high`, by order of magnitude with `log`; or one of `choices`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: Annotated[list[Any], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Range:
        bounds = [bound for bound in (self.low, self.high) if bound is not None]
        if len(bounds) != (0 if self.choices else 2):
            raise ValueError("expected low and high, or choices")
        if bounds and not bounds[0] < bounds[1]:
            raise ValueError("expected low below high")
        return self

    def domain(self) -> Any:
        """The same for Ray Tune."""
        from ray import tune

        if self.choices is not None:
            return tune.choice(self.choices)
        return (tune.loguniform if self.log else tune.uniform)(self.low, self.high)


class TuneConfig(BaseModel):
    """Everything a search depends on; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    train: Path = Path("configs/train.yaml")
    output: Path = Path("runs/tune")
    samples: int = Field(8, ge=1)
    share: float = Field(0.2, gt=0, le=1)
    epochs: int = Field(3, ge=1)
    grace: int = Field(1, ge=1)
    reduction: int = Field(2, ge=2)
    cpus: int = Field(1, ge=1)
    seed: int = 13
    space: dict[str, Range] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> TuneConfig:
        if unknown := sorted(set(self.space) - set(TrainConfig.model_fields)):
            raise ValueError(f"expected keys of a training run, found {unknown}")
        return self


def base_run(config: TuneConfig) -> dict[str, Any]:
    """The settings that all trials share, with whole paths: a trial may run in another folder."""
    run = read_config(config.train)
    paths = {name: value.absolute() for name, value in run if isinstance(value, Path)}
    lists = {name: [path.absolute() for path in getattr(run, name)] for name in ("journal", "teachers")}
    track_uri = run.track
    if track_uri and track_uri.startswith("sqlite:///"):
        track_uri = f"sqlite:///{Path(track_uri.removeprefix('sqlite:///')).absolute()}"
    own = {"workers": 0, "threads": config.cpus, "epochs": config.epochs, "track": track_uri}
    return run.model_copy(update={**paths, **lists, **own}).model_dump(mode="json")


def search(config: TuneConfig) -> list[dict[str, Any]]:
    """Runs or goes on with a search, writes `trials.json` and `best.yaml`, and returns the trials, best first. Raises
    `DataError` for rows that fail their tests, for a folder of another search, and where trials failed;
    `KeyboardInterrupt` where a person stopped it."""
    run = base_run(config)
    loop.tested_rows(TrainConfig.model_validate(run))
    if run["track"]:
        _make_ready(run["track"])
    _same_search(config, run)
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    with cluster.started(cpus=max(os.cpu_count() or 1, config.cpus)):
        found = _tuner(config, run).fit()
    trials = sorted(filter(None, map(_trial, found)), key=lambda t: (-t[METRIC], -t["micro_f1"], t["trial"]))
    _write(config, trials)
    if errors := [str(result.error).strip().splitlines()[-1] for result in found if result.error]:
        raise DataError(
            f"{len(errors)} of {config.samples} trials failed: {errors[0][:300]}; what they said: {config.output}/ray"
        )
    # Ray Tune ends trials that Ctrl-C stopped as if they were over; only those that are over say so themselves.
    if sum(bool((result.metrics or {}).get("done")) for result in found) < config.samples:
        raise KeyboardInterrupt
    _make_room(config, trials[0]["trial"])
    return trials


def _make_ready(uri: str) -> None:
    """Makes the tables once: trials beside each other would both try. A server that is away is said by each trial."""
    try:
        track.client(uri).search_experiments(max_results=1)
    except Exception as error:  # noqa: BLE001 - a search must not end because its record cannot be sent
        logging.getLogger("discovery.finetune").warning("MLflow at %s: %s", uri, " ".join(str(error).split())[:160])


def _same_search(config: TuneConfig, run: dict[str, Any]) -> None:
    """Keeps what the search is in its folder. Raises `DataError` where another one is there."""
    mine = json.loads(json.dumps({"search": config.model_dump(mode="json", exclude={"output"}), "run": run}))
    path = config.output / "search.json"
    if path.exists() and (theirs := json.loads(path.read_text())) != mine:
        parts = [name for part in mine for name in mine[part] if mine[part][name] != theirs.get(part, {}).get(name)]
        raise DataError(f"{path} is of another search (other: {', '.join(parts)}); choose another output, or delete it")
    config.output.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(mine, indent=1) + "\n")


def _tuner(config: TuneConfig, run: dict[str, Any]) -> Any:
    import optuna
    from ray import tune
    from ray.tune.schedulers import ASHAScheduler
    from ray.tune.search.optuna import OptunaSearch

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    folder = config.output.absolute()
    trainable = tune.with_resources(
        tune.with_parameters(run_trial, run=run, share=config.share, folder=str(folder / "trials")),
        {"CPU": config.cpus},
    )
    if tune.Tuner.can_restore(str(folder / "ray")):
        print("going on with the search in", config.output)
        return tune.Tuner.restore(str(folder / "ray"), trainable, resume_unfinished=True, restart_errored=True)
    asha = ASHAScheduler(
        time_attr="epoch", max_t=config.epochs, grace_period=min(config.grace, config.epochs),
        reduction_factor=config.reduction,
    )  # fmt: skip
    return tune.Tuner(
        trainable,
        param_space={name: one.domain() for name, one in config.space.items()},
        tune_config=tune.TuneConfig(
            metric=METRIC, mode="max", num_samples=config.samples, scheduler=asha,
            search_alg=OptunaSearch(seed=config.seed),
        ),
        run_config=tune.RunConfig(
            name="ray", storage_path=str(folder), verbose=0, callbacks=[Told()],
            failure_config=tune.FailureConfig(max_failures=1),
        ),
    )  # fmt: skip


def _trial(result: Any) -> dict[str, Any] | None:
    """One trial as `trials.json` holds it; None for one that never came to a figure."""
    found = result.metrics or {}
    if METRIC not in found:
        return None
    figures = {METRIC: round(float(found[METRIC]), 4), "micro_f1": round(float(found["micro_f1"]), 4)}
    seconds = round(float(found.get("time_total_s", 0.0)))
    return {"trial": found["trial_id"], **figures, "epoch": found["epoch"], "seconds": seconds, **result.config}


def _write(config: TuneConfig, trials: list[dict[str, Any]]) -> None:
    (config.output / "trials.json").write_text(json.dumps(trials, indent=1) + "\n")
    if trials:
        settings = {name: trials[0][name] for name in config.space}
        best = json.loads(read_config(config.train).model_copy(update=settings).model_dump_json())
        said = f"# The best of {len(trials)} trials: {trials[0][METRIC]} on dev after {trials[0]['epoch']} epochs\n"
        (config.output / "best.yaml").write_text(said + yaml.safe_dump(best, sort_keys=False))


def _make_room(config: TuneConfig, best: str) -> None:
    """Removes the checkpoints of a search that is over, and all weights but the best trial's."""
    for path in (config.output / "trials").glob("*/*.pt"):
        if path.name != "weights.pt" or path.parent.name != best:
            path.unlink()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, default=Path("configs/tune.yaml"))
    parser.add_argument("--samples", type=int, help="settings that are tried, in the place of the configured number")
    parser.add_argument("--share", type=float, help="of the training rows, in the place of the configured one")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    with cluster.one_line():
        given = {name: value for name in ("samples", "share") if (value := vars(options)[name]) is not None}
        config = TuneConfig.model_validate({**(yaml.safe_load(options.config.read_text()) or {}), **given})
        trials = search(config)
    for trial in trials:
        print(
            ", ".join(
                f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
                for name, value in trial.items()
            )
        )
    print(f"best: python -m finetune.train --config {config.output / 'best.yaml'}")


if __name__ == "__main__":
    main()
