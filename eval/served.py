"""A language model for an experiment: the application `llm` of the graph on Ray, or an endpoint by its address."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from agent.config import EndpointConfig, LlmArgs
from agent.errors import Unavailable
from agent.ports import LanguageModel
from serving.environment import HOOK, LOGICAL_CPUS, QUIET
from serving.llm import APPLICATION, EndpointLanguageModel, ServedLanguageModel, llm_application

DEFAULT = "default"
_SECONDS = 600
_ENGINE = {"dtype": "float32", "max_model_len": 2048, "enforce_eager": True, "max_num_seqs": 8}


@contextmanager
def on_ray() -> Iterator[None]:
    """Ray and Serve without any way in over HTTP; a cluster that `RAY_ADDRESS` names is joined instead."""
    # The handles outlive the event loop that asked through them: a router in that loop could not be shut down after it.
    os.environ.update(QUIET | {"HF_HUB_OFFLINE": "1", "RAY_SERVE_RUN_ROUTER_IN_SEPARATE_LOOP": "1"})
    import ray
    from ray import serve

    joined = bool(os.environ.get("RAY_ADDRESS"))
    local = {"num_cpus": LOGICAL_CPUS, "include_dashboard": False, "object_store_memory": 200_000_000}
    ray.init(
        logging_level=logging.ERROR, log_to_driver=False, namespace="discovery",
        runtime_env={"env_vars": QUIET} | ({} if joined else HOOK), **({} if joined else local),
    )  # fmt: skip
    serve.start(proxy_location="Disabled")
    try:
        yield
    finally:
        serve.shutdown()
        ray.shutdown()


@contextmanager
def served(model: str) -> Iterator[LanguageModel]:
    """`default`, a Hugging Face id, a folder, or `http://host/v1#name`. Raises `Unavailable` where none starts."""
    if model.startswith("http"):
        url, _, name = model.partition("#")
        _reached(url)
        # A form goes along in vLLM's words where a cell asks for one.
        yield EndpointLanguageModel(EndpointConfig(url=url, model=name), constrained=True)
        return
    from ray import serve

    args = LlmArgs(application="llm", model=None if model == DEFAULT else model, engine=dict(_ENGINE))
    serve.run(llm_application(args), name=APPLICATION, route_prefix=None, blocking=False)
    try:
        _wait(model)
        yield ServedLanguageModel()
    finally:
        serve.delete(APPLICATION)


def _reached(url: str) -> None:
    """Raises `Unavailable` where nobody answers: a run of explanations without a model would look like a result."""
    try:
        httpx.get(f"{url}/models", timeout=10, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        raise Unavailable(f"the model at {url} does not answer ({type(error).__name__}); start it first") from error


def _wait(model: str) -> None:
    from ray import serve
    from ray.serve.schema import ApplicationStatus

    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        status = serve.status().applications[APPLICATION]
        if status.status == ApplicationStatus.RUNNING:
            return
        if status.status == ApplicationStatus.DEPLOY_FAILED:
            raise Unavailable(f"the model {model} did not start: {status.message[:300]}")
        time.sleep(1)
    raise Unavailable(f"the model {model} was not ready after {_SECONDS} s")
