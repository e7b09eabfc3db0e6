"""The graph: limits declared and read back, configurations that hold, a whole turn in local testing mode."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from ray import serve
from ray.serve._private.common import DeploymentID, ReplicaID
from ray.serve._private.config import DeploymentConfig
from ray.serve.context import _set_internal_replica_context
from ray.serve.schema import ReplicaRank, ServeDeploySchema

from agent.config import DiscoveryArgs, parse
from agent.errors import ConfigError
from serving import app
from serving.launcher import plan

ROOT = Path(__file__).parents[2]
CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
GRAPHS = [p for p in CONFIGS if "applications" in yaml.safe_load(p.read_text())]


def deployments(application: serve.Application) -> dict[str, Any]:
    """Every deployment bound into an application, by name."""
    found: dict[str, Any] = {}
    waiting = [application]
    while waiting:
        bound = waiting.pop()._bound_deployment
        found[bound.name] = bound
        arguments = [*bound.init_args, *bound.init_kwargs.values()]
        waiting += [a for a in arguments if isinstance(a, serve.Application)]
    return found


def test_every_deployment_declares_its_limits_health_check_and_grace_period() -> None:
    found = deployments(app.build({"application": "discovery"}))
    assert set(found) == {"gateway", "classifier", "recommender", "journal"}
    for name, deployment in found.items():
        config = deployment._deployment_config
        assert config.max_ongoing_requests == app.LIMITS[name]["max_ongoing_requests"]
        assert config.max_queued_requests == app.LIMITS[name]["max_queued_requests"] > 0
        assert config.graceful_shutdown_timeout_s == app.LIMITS[name]["graceful_shutdown_timeout_s"]
        assert config.health_check_period_s == 5 and config.health_check_timeout_s == 20


def test_sqlite_has_one_journal_on_the_head_node() -> None:
    journal = deployments(app.build({"application": "discovery"}))["journal"]
    assert journal._deployment_config.num_replicas == 1
    assert "node:__internal_head__" in journal.ray_actor_options["resources"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"application": "discovery", "nodes": 2}, "SQLite"),
        ({"application": "discovery", "journal": {"replicas": 3}}, "SQLite"),
        ({"application": "discovery", "jurnal": {}}, "jurnal"),
        ({"application": "discovery", "classifier": {"threads": 0}}, "threads"),
        ({"application": "llm", "cpus": -1}, "cpus"),
        ({"application": "other"}, "other"),
        ({}, "application"),
    ],
)
def test_a_wrong_configuration_is_refused_by_key(args: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        app.build(args)


@pytest.mark.parametrize("path", GRAPHS, ids=lambda p: p.name)
def test_shipped_configurations_are_valid_for_serve_and_for_us(path: Path) -> None:
    config = yaml.safe_load(path.read_text())
    ServeDeploySchema.model_validate(config)
    assert config["http_options"]["host"] in ("127.0.0.1", "0.0.0.0")
    for application in config["applications"]:
        assert application["import_path"] == "serving.app:build"
        parse(application["args"])


def test_a_broken_configuration_file_is_one_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("applications: [{name: x}]")
    with pytest.raises(ConfigError, match=r"wrong\.yaml"):
        plan(wrong, port=None, chat_port=None)
    with pytest.raises(ConfigError, match=r"nowhere\.yaml"):
        plan(tmp_path / "nowhere.yaml", port=None, chat_port=None)


@pytest.mark.timeout(180)
async def test_a_whole_turn_in_local_testing_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Real classifier, encoder, index and store through Serve's handles, without Ray; no language model."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    # Local testing mode sets no replica context, and `serve.batch` asks for one.
    _set_internal_replica_context(
        replica_id=ReplicaID("local", DeploymentID("classifier", "c")),
        servable_object=None,
        _deployment_config=DeploymentConfig(),
        rank=ReplicaRank(rank=0, node_rank=0, local_rank=0),
        world_size=1,
    )
    args = DiscoveryArgs(application="discovery", llm="none")
    classifier = serve.run(
        serve.deployment(app.ClassifierServer).bind(args.classifier), name="c", _local_testing_mode=True
    )
    recommender = serve.run(
        serve.deployment(app.RecommenderServer).bind(args.recommender), name="r", _local_testing_mode=True
    )
    journal = serve.run(serve.deployment(app.JournalServer).bind(args.journal), name="j", _local_testing_mode=True)
    gateway = app.Gateway(args, recommender, journal, classifier)
    transport = httpx.ASGITransport(gateway.__serve_build_asgi_app__())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        for _ in range(20):  # the first start builds the index
            if (report := (await http.get("/readyz", timeout=60)).json())["status"] == "ready":
                break
            await asyncio.sleep(1)
        assert report["status"] == "ready", report
        text = "I miss my grandmother so much. I found her letters today and cried for an hour."
        body = (await http.post("/v1/entries", json={"text": text, "goal": "calm"}, timeout=60)).json()
    assert body["emotions"]["emotions"][0]["label"] == "sadness"
    assert body["evidence"]["spans"] and body["explanation"][0]["source"] == "evidence"
    assert len(body["suggestions"]["items"]) == 3 and all(i["reason"] for i in body["suggestions"]["items"])
