"""What a run did, kept beside it and in MLflow: the only place that knows MLflow.

Everything is written first to `track.jsonl` in the run's folder and then sent. A server that does not answer costs a
run nothing: it goes on, and `python -m finetune.track sync FOLDER` sends what is left. Models are logged as the files
of their folder (ONNX, tokeniser, card), never pickled; the registry names them, with the aliases `challenger` and
`champion`.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import time
from pathlib import Path
from typing import Any

from reader.card import load_card

log = logging.getLogger("discovery.finetune")

MODEL = "discovery-emotion"
EXPERIMENT = "discovery-emotion"
LOCAL = "sqlite:///runs/mlflow.db"
QUIET = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "DO_NOT_TRACK": "1",
    "GIT_PYTHON_REFRESH": "quiet",
}
"""A server that is away is found out in seconds, and nobody else is told anything."""


def client(uri: str) -> Any:
    """A client of the tracking server at `uri`. Makes the folder of a local database, whose tables make themselves."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    from mlflow import MlflowClient

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.ERROR)
    if uri.startswith("sqlite:///"):
        Path(uri.removeprefix("sqlite:///")).absolute().parent.mkdir(parents=True, exist_ok=True)
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def _experiment(server: Any, uri: str, name: str = EXPERIMENT) -> str:
    found = server.get_experiment_by_name(name)
    if found:
        return str(found.experiment_id)
    # Files of a local database lie beside it; a server decides itself.
    place = Path(uri.removeprefix("sqlite:///")).absolute().parent / "mlartifacts" if "sqlite" in uri else None
    return str(server.create_experiment(name, artifact_location=place.as_uri() if place else None))


class Tracker:
    """The record of one run in its folder, sent to MLflow as far as it answers. `uri` None keeps it in the folder."""

    def __init__(self, folder: Path, uri: str | None) -> None:
        self.folder, self.uri = folder, uri
        self._lines, self._state = folder / "track.jsonl", folder / "track.json"
        self._server: Any = None
        self._warned = self._full = False

    def note(self, kind: str, **values: Any) -> None:
        """Adds one thing: `begin` with params and tags, `metrics` with step and values, `file` with path, `end`.

        `begin` may name the `experiment` and the `run`; else they are those of training and of the folder. What a full
        disk does not take is missing in the record, and the run goes on.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._lines.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"kind": kind, **values}, default=str) + "\n")
        except OSError as error:
            if not self._full:
                log.warning("%s was not written (%s); the run goes on", self._lines, error.strerror or error)
            self._full = True
            return
        if self.uri:
            self.send()

    def state(self) -> dict[str, Any]:
        """`run`: MLflow's id of the run, `sent`: how many lines it has."""
        return json.loads(self._state.read_text()) if self._state.exists() else {"run": None, "sent": 0}

    def send(self) -> bool:
        """Sends what was not sent yet; False, with one line in the log, where the server does not take it."""
        try:
            self._send()
        except Exception as error:  # noqa: BLE001 - a run must not end because its record cannot be sent
            if not self._warned:
                log.warning(
                    "MLflow at %s did not take the record (%s). The run goes on; later: "
                    "python -m finetune.track sync %s --uri %s",
                    self.uri, " ".join(str(error).split())[:160], self.folder, self.uri,
                )  # fmt: skip
            self._warned = True
            return False
        return True

    def _send(self) -> None:
        state = self.state()
        lines = self._lines.read_text(encoding="utf-8").splitlines()
        if self._warned and len(lines) - state["sent"] < 50 and '"end"' not in lines[-1]:
            return  # it did not answer a moment ago; asking at every line would slow the run
        self._server = self._server or client(str(self.uri))
        for line in lines[state["sent"] :]:
            state["run"] = self._one(json.loads(line), state["run"])
            state["sent"] += 1
            beside = self._state.with_suffix(".new")
            beside.write_text(json.dumps(state))
            os.replace(beside, self._state)

    def _one(self, line: dict[str, Any], run: str | None) -> str:
        from mlflow.entities import Metric, Param, RunTag

        server = self._server
        if run is None:
            experiment = _experiment(server, str(self.uri), line.get("experiment", EXPERIMENT))
            run = server.create_run(experiment, run_name=line.get("run", self.folder.name)).info.run_id
        kind = line["kind"]
        if kind == "begin":
            params = [Param(name, str(value)) for name, value in line["params"].items()]
            server.log_batch(run, params=params, tags=[RunTag(k, str(v)) for k, v in line["tags"].items()])
        elif kind == "metrics":
            now, step = int(1000 * time.time()), int(line["step"])
            server.log_batch(run, metrics=[Metric(k, float(v), now, step) for k, v in line["values"].items()])
        elif kind == "file" and Path(line["path"]).exists():
            server.log_artifact(run, line["path"], line.get("under"))
        elif kind == "end":
            server.set_terminated(run, line.get("status", "FINISHED"))
        return str(run)


def register(folder: Path, uri: str, run: str | None = None, alias: str = "challenger") -> str:
    """Logs a model folder file by file and names it in the registry; returns the registry's version of it.

    The same model is named once: a version with its card's version gets the alias again.
    """
    server = client(uri)
    card = load_card(folder)
    if not server.search_registered_models(f"name = '{MODEL}'"):
        server.create_registered_model(MODEL)
    same = [v for v in server.search_model_versions(f"name = '{MODEL}'") if v.tags.get("card") == card.version]
    if not same:
        run = run or server.create_run(_experiment(server, uri), run_name=card.version).info.run_id
        server.log_artifacts(run, str(folder), "model")
        source = f"{server.get_run(run).info.artifact_uri}/model"
        tags = {"card": card.version, "data": card.data.get("sha256", ""), "commit": card.git_commit}
        same = [server.create_model_version(MODEL, source, run, tags=tags)]
    server.set_registered_model_alias(MODEL, alias, same[0].version)
    return str(same[0].version)


def offer(folder: Path, uri: str, run: str | None = None) -> bool:
    """Registers a model as the challenger; False, with one line that says how to do it later, where MLflow does not
    take it."""
    try:
        register(folder, uri, run)
    except Exception as error:  # noqa: BLE001 - the model is written; the registry can be told later
        log.warning(
            "MLflow at %s did not take the model (%s). It is in %s; later: "
            "python -m finetune.track register %s --uri %s",
            uri, " ".join(str(error).split())[:160], folder, folder, uri,
        )  # fmt: skip
        return False
    return True


def fetch(alias: str, uri: str, target: Path) -> Path | None:
    """The files of the model with this alias, copied below `target`; None where no model has it."""
    server = client(uri)
    names = server.search_registered_models(f"name = '{MODEL}'")
    version = names[0].aliases.get(alias) if names else None
    if version is None:
        return None
    found = server.get_model_version(MODEL, version)
    return Path(server.download_artifacts(found.run_id, "model", str(target)))


def register_prompt(name: str, template: list[dict[str, str]], uri: str) -> int:
    """Copies a prompt (chat messages) into the prompt registry; returns its version there. The same text is one."""
    server = client(uri)
    newest = server.load_prompt(name, allow_missing=True, cache_ttl_seconds=0)
    if newest is None or newest.template != template:
        newest = server.register_prompt(name, template)
    return int(newest.version)


def name_champion(card_version: str, uri: str) -> bool:
    """Gives the alias `champion` to the model of this card, and takes `challenger` from it; False if it is unknown."""
    server = client(uri)
    same = [v for v in server.search_model_versions(f"name = '{MODEL}'") if v.tags.get("card") == card_version]
    if not same:
        return False
    aliases = server.get_registered_model(MODEL).aliases
    server.set_registered_model_alias(MODEL, "champion", same[0].version)
    if str(aliases.get("challenger")) == str(same[0].version):
        server.delete_registered_model_alias(MODEL, "challenger")
    return True


def main() -> None:
    """`sync FOLDER` sends what a run could not send; `register FOLDER` names a model the challenger;
    `champion VERSION` moves the alias after a roll-back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("sync", "register", "champion"))
    parser.add_argument("which", help="the folder of a run, or the version of a card")
    parser.add_argument("--uri", default=os.environ.get("MLFLOW_TRACKING_URI", LOCAL))
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if options.what == "champion":
        done = name_champion(options.which, options.uri)
        print(f"champion: {options.which}" if done else f"{options.uri} knows no model {options.which}")
    elif options.what == "register":
        done = True
        print(f"challenger: version {register(Path(options.which), options.uri)} of {MODEL}")
    else:
        tracker = Tracker(Path(options.which), options.uri)
        done = tracker.send()
        print(f"sent: {tracker.state()['sent']} lines" if done else "nothing more was sent")
    raise SystemExit(0 if done else 1)


if __name__ == "__main__":
    main()
