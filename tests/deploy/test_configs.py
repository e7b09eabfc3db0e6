"""The configurations for machines we do not have: known to Discovery, accepted by Ray Serve, on loopback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ray.serve.schema import ServeDeploySchema

from agent.config import DiscoveryArgs, EndpointConfig, LlmArgs, parse, resolve
from agent.errors import ConfigError
from agent.prompts import version
from serving.app import language_model
from serving.llm import EndpointLanguageModel

CONFIGS = Path(__file__).parents[2] / "configs"
NAMES = ("local.yaml", "gpu.yaml", "endpoint.yaml")


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CONFIGS / name).read_text())
    return loaded


def args(name: str) -> list[DiscoveryArgs | LlmArgs]:
    return [parse(application["args"]) for application in load(name)["applications"]]


def discovery(name: str) -> DiscoveryArgs:
    [found] = [a for a in args(name) if isinstance(a, DiscoveryArgs)]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_ray_serve_accepts_it(name: str) -> None:
    schema = ServeDeploySchema.model_validate(load(name))
    assert {application.import_path for application in schema.applications} == {"serving.app:build"}
    assert len({application.route_prefix for application in schema.applications}) == len(schema.applications)


@pytest.mark.parametrize("name", NAMES)
def test_discovery_knows_every_key_and_the_parts_it_names_are_there(name: str) -> None:
    assert len(args(name)) == len(load(name)["applications"])
    found = discovery(name)
    assert version(found.prompt)
    assert resolve(found.recommender.catalogue).exists()


@pytest.mark.parametrize("name", NAMES)
def test_the_journal_is_handed_over_first(name: str) -> None:
    # The launcher waits for the first application and starts the others beside it.
    assert isinstance(args(name)[0], DiscoveryArgs)


@pytest.mark.parametrize("name", NAMES)
def test_it_listens_on_loopback_only(name: str) -> None:
    # Ray Serve takes all interfaces where no host is given.
    assert load(name)["http_options"]["host"] == "127.0.0.1"


@pytest.mark.parametrize("name", NAMES)
def test_an_application_of_the_language_model_is_there_exactly_where_it_is_asked_for(name: str) -> None:
    served = any(isinstance(a, LlmArgs) for a in args(name))
    assert served == (discovery(name).llm == "application")


def test_several_nodes_have_a_journal_that_they_can_share() -> None:
    found = discovery("gpu.yaml")
    assert found.nodes > 1 and not found.journal.is_sqlite and found.journal.key_file
    without = load("gpu.yaml")["applications"][0]["args"]
    del without["journal"]["url_env"]
    with pytest.raises(ConfigError, match="SQLite holds on one node"):
        parse(without)


def test_the_graphics_card_is_one_that_ray_knows_by_that_name() -> None:
    from ray.util.accelerators import accelerators

    [llm] = [a for a in args("gpu.yaml") if isinstance(a, LlmArgs)]
    assert llm.accelerator in {value for key, value in vars(accelerators).items() if key.isupper()}
    assert llm.model and "/" in llm.model
    assert llm.max_ongoing <= llm.engine["max_num_seqs"]


def test_the_endpoint_is_on_this_machine_unless_somebody_says_otherwise() -> None:
    found = discovery("endpoint.yaml")
    assert isinstance(found.llm, EndpointConfig)
    assert found.llm.url == "http://127.0.0.1:11434/v1" and found.llm.key_env is None
    assert isinstance(language_model(found), EndpointLanguageModel)
