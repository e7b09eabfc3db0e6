"""deploy/kuberay: the same configuration as configs/gpu.yaml, in pods that hold what it needs."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.config import DiscoveryArgs, LlmArgs, parse

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "kuberay"

Json = dict[str, Any]


@pytest.fixture(scope="module")
def documents() -> tuple[Json, Json]:
    service, policy = yaml.safe_load_all((FOLDER / "rayservice.yaml").read_text())
    return service, policy


@pytest.fixture(scope="module")
def ray(documents: tuple[Json, Json]) -> Json:
    cluster: Json = documents[0]["spec"]["rayClusterConfig"]
    return cluster


def pods(ray: Json) -> list[Json]:
    return [ray["headGroupSpec"]["template"]["spec"], *(g["template"]["spec"] for g in ray["workerGroupSpecs"])]


def quiet() -> dict[str, str]:
    """What deploy/environment.sh exports with a value of its own, the token left out: KubeRay brings that."""
    script = (ROOT / "deploy" / "environment.sh").read_text()
    exported = dict(re.findall(r"^export (\w+)=(\w+)$", script, re.MULTILINE))
    return {name: value for name, value in exported.items() if name != "RAY_AUTH_MODE"}


def gpu_yaml() -> Json:
    loaded: Json = yaml.safe_load((ROOT / "configs" / "gpu.yaml").read_text())
    return loaded


def test_it_serves_what_gpu_yaml_serves(documents: tuple[Json, Json]) -> None:
    assert documents[0]["kind"] == "RayService"
    assert yaml.safe_load(documents[0]["spec"]["serveConfigV2"]) == gpu_yaml()


def test_its_ray_is_ours_and_asks_for_a_token(ray: Json) -> None:
    assert ray["rayVersion"] == importlib.metadata.version("ray")
    assert ray["authOptions"] == {"mode": "token"}


def test_every_pod_has_the_database_the_key_and_no_telemetry(ray: Json) -> None:
    args = [parse(a["args"]) for a in gpu_yaml()["applications"]]
    [discovery] = [a for a in args if isinstance(a, DiscoveryArgs)]
    assert discovery.journal.key_file
    for pod in pods(ray):
        [container] = pod["containers"]
        environment = {variable["name"]: variable for variable in container["env"]}
        assert environment[discovery.journal.url_env]["valueFrom"]["secretKeyRef"]["name"] == "discovery"
        assert quiet() == {name: variable.get("value") for name, variable in environment.items() if name in quiet()}
        assert str(discovery.journal.key_file.parent) in {mount["mountPath"] for mount in container["volumeMounts"]}
        assert pod["initContainers"][0]["command"][-1] == str(discovery.journal.key_file)
        assert pod["securityContext"]["runAsNonRoot"]


def test_the_gpu_group_holds_every_replica_of_the_language_model(ray: Json) -> None:
    [llm] = [a for a in (parse(a["args"]) for a in gpu_yaml()["applications"]) if isinstance(a, LlmArgs)]
    [group] = [g for g in ray["workerGroupSpecs"] if g["groupName"] == "gpu"]
    limits = group["template"]["spec"]["containers"][0]["resources"]["limits"]
    assert llm.replicas <= group["maxReplicas"] * limits["nvidia.com/gpu"]
    assert f"accelerator_type:{llm.accelerator}" in group["rayStartParams"]["resources"]


def test_nobody_but_pods_and_operator_reaches_a_pod(documents: tuple[Json, Json], ray: Json) -> None:
    policy = documents[1]
    chosen = policy["spec"]["podSelector"]["matchLabels"]
    templates = [ray["headGroupSpec"]["template"], *(g["template"] for g in ray["workerGroupSpecs"])]
    assert all(chosen.items() <= t["metadata"]["labels"].items() for t in templates)
    own, operator = policy["spec"]["ingress"]
    assert own["from"] == [{"podSelector": {"matchLabels": chosen}}]
    assert [port["port"] for port in operator["ports"]] == [8265]


def test_the_images_are_those_of_the_dockerfile(ray: Json) -> None:
    named = {c["image"] for pod in pods(ray) for c in (*pod["containers"], *pod["initContainers"])}
    dockerfile = (FOLDER / "Dockerfile").read_text()
    assert named == {word for word in dockerfile.split() if word.startswith("discovery:")}
    assert "RUN make setup" in dockerfile
