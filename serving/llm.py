"""The language model: vLLM under `ray.serve.llm` as an application of its own, or any OpenAI-compatible endpoint.

The only module that knows vLLM. Generation settings are fixed here: no request chooses its own length, template or
number of answers.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

import httpx

from agent.config import ROOT, EndpointConfig, LlmArgs
from agent.errors import ConfigError, Unavailable
from agent.ports import Message
from serving.artifacts import cache_folder, load_sources, prepare_default_llm
from serving.cpu import fitting, has_tiles

if TYPE_CHECKING:
    from ray.serve import Application

APPLICATION = "llm"
MODEL_ID = "discovery-llm"
_AGAIN = 0.8
"""Temperature of a second try: at 0 it would only repeat itself."""

_ENVIRONMENT = {
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


def model_source(args: LlmArgs) -> str:
    """The folder or Hugging Face id that vLLM loads; the default model is prepared first."""
    if args.model:
        return args.model
    source = load_sources(ROOT / "configs" / "artifacts.yaml")["llm"]
    return str(prepare_default_llm(source, cache_folder()))


def _environment(args: LlmArgs) -> dict[str, str]:
    on_cpu = {
        "VLLM_CPU_KVCACHE_SPACE": str(args.kv_cache_gb),
        "VLLM_CPU_OMP_THREADS_BIND": args.threads,
        "OMP_NUM_THREADS": "2",
    }
    offline = {} if args.model else {"HF_HUB_OFFLINE": "1"}
    return _ENVIRONMENT | offline | ({} if args.accelerator else on_cpu)


def _settings(args: LlmArgs) -> dict[str, Any]:
    """The arguments of `ray.serve.llm.LLMConfig`."""
    shipped_on_cpu = not args.model and not args.accelerator
    engine = fitting(args.engine, tiles=has_tiles()) if shipped_on_cpu else args.engine
    return {
        "model_loading_config": {"model_id": MODEL_ID, "model_source": model_source(args)},
        "accelerator_type": args.accelerator,
        "placement_group_config": None if args.accelerator else {"bundles": [{"CPU": args.cpus}]},
        "engine_kwargs": {**engine, "trust_remote_code": False},
        # The gateway is the only way in: no port of its own for this replica, whatever the launcher set for the others.
        "runtime_env": {
            "env_vars": {**_environment(args), "RAY_SERVE_ENABLE_DIRECT_INGRESS": "0"},
            **({} if args.accelerator else {"worker_process_setup_hook": "serving.loopback.only"}),
        },
        "deployment_config": {
            "num_replicas": args.replicas,
            "max_ongoing_requests": args.max_ongoing,
            "max_queued_requests": 2 * args.max_ongoing,
            "health_check_period_s": 5,
            "health_check_timeout_s": 20,
            "graceful_shutdown_timeout_s": 10,
        },
        "callback_config": {} if args.model else {"callback_class": "serving.vllm_server.LocalModel"},
        "log_engine_metrics": False,
    }


class LateServer:
    """The deployment on one machine: `ray.serve.llm`'s server, which the replica alone imports.

    Importing vLLM takes 7 to 15 s; whoever builds the application would otherwise have to do it first, and wait.
    """

    async def __init__(self, settings: dict[str, Any]) -> None:
        from ray.serve.llm import LLMConfig

        from serving.vllm_server import WordsServer

        self._server = WordsServer.sync_init(LLMConfig(**settings))
        await self._server.start()

    async def words(
        self, messages: list[Message], max_tokens: int, pattern: str | None, attempt: int = 0
    ) -> AsyncIterator[str]:
        """See `serving.vllm_server.WordsServer.words`."""
        async for piece in self._server.words(messages, max_tokens, pattern, attempt):
            yield piece

    async def check_health(self) -> None:
        """Asks the engine; an error here makes Serve replace the replica."""
        await self._server.check_health()


def _late(args: LlmArgs) -> Application:
    import ray
    from ray import serve

    settings = _settings(args)
    around = ray.get_runtime_context().runtime_env  # what the launcher set for every process of this run
    options = settings["deployment_config"] | {
        "ray_actor_options": {"num_cpus": 1, "runtime_env": {**around, **settings["runtime_env"]}},
        "placement_group_bundles": [{"CPU": 1 + args.cpus}],
        "placement_group_strategy": "PACK",
    }
    return serve.deployment(LateServer, name="llm", **options).bind(settings)


def llm_application(args: LlmArgs) -> Application:
    """The application `llm`: one vLLM deployment that answers `words` and nothing over HTTP."""
    if not args.accelerator:
        return _late(args)
    from ray.serve.llm import LLMConfig, build_llm_deployment

    from serving.vllm_server import WordsServer

    config = LLMConfig(**_settings(args))
    return build_llm_deployment(config, deployment_cls=WordsServer, override_serve_options={"name": "llm"})


class ServedLanguageModel:
    """The application `llm`, fetched by name when it is first needed: it may still be loading, or be gone."""

    def __init__(self) -> None:
        self._handle: Any = None

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int, pattern: str | None = None, attempt: int = 0
    ) -> AsyncIterator[str]:
        """See `agent.ports.LanguageModel`."""
        from ray import serve

        try:
            self._handle = self._handle or serve.get_app_handle(APPLICATION).options(stream=True, method_name="words")
        except Exception as error:
            raise Unavailable("the language model has not been started") from error
        async for piece in self._handle.remote(list(messages), max_tokens, pattern, attempt):
            yield piece


class EndpointLanguageModel:
    """Any OpenAI-compatible server, over HTTP."""

    def __init__(self, config: EndpointConfig, *, constrained: bool) -> None:
        self._config, self._constrained = config, constrained
        key = os.environ.get(config.key_env, "") if config.key_env else ""
        if config.key_env and not key:
            raise ConfigError(f"llm.key_env: the environment variable {config.key_env} is empty or not set")
        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(base_url=config.url, headers=headers, timeout=httpx.Timeout(60, connect=3))

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int, pattern: str | None = None, attempt: int = 0
    ) -> AsyncIterator[str]:
        """See `agent.ports.LanguageModel`. `pattern` goes along in vLLM's form only where the config says so."""
        body = {
            "model": self._config.model,
            "messages": list(messages),
            "max_tokens": max_tokens,
            **generation(attempt),
        }
        if pattern and self._constrained:
            body["structured_outputs"] = {"regex": pattern}
            body |= going_on(messages)
        try:
            async with self._client.stream("POST", "chat/completions", json=body) as response:
                if response.status_code != httpx.codes.OK:
                    raise Unavailable(f"the language model's server answered with status {response.status_code}")
                async for line in response.aiter_lines():
                    if piece := content(line):
                        yield piece
        except httpx.HTTPError as error:
            raise Unavailable(f"the language model's server cannot be reached: {type(error).__name__}") from error


class NoLanguageModel:
    """No model at all: explanations come from the evidence."""

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int, pattern: str | None = None, attempt: int = 0
    ) -> AsyncIterator[str]:
        """Always raises `Unavailable`."""
        raise Unavailable("no language model is configured")
        yield ""


def generation(attempt: int) -> dict[str, Any]:
    """How the model samples: always the likeliest words, and at a later try others, the same ones every time."""
    varied = {"temperature": _AGAIN, "seed": attempt} if attempt else {"temperature": 0.0}
    return {**varied, "n": 1, "stream": True}


def going_on(messages: Sequence[Message]) -> dict[str, Any]:
    """vLLM's words for going on with an answer that has begun, where the last message is the assistant's."""
    begun = bool(messages) and messages[-1]["role"] == "assistant"
    return {"add_generation_prompt": False, "continue_final_message": True} if begun else {}


def content(line: str) -> str:
    """The new words in one line of an OpenAI-style stream. Raises `Unavailable` for an error told in the stream."""
    if not line.startswith("data:") or line.endswith("[DONE]"):
        return ""
    chunk = json.loads(line[5:])
    if "error" in chunk:
        raise Unavailable("the language model stopped with an error")
    choices = chunk.get("choices") or [{}]
    return choices[0].get("delta", {}).get("content") or ""
