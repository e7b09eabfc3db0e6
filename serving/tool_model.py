"""The model of an endpoint that can call tools, for `agent.calling`."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import httpx
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from agent.calling import SECONDS, Caller
from agent.config import DiscoveryArgs, EndpointConfig

_HERE = ("127.0.0.1", "localhost", "::1")


def caller(args: DiscoveryArgs) -> Caller | None:
    """The tool-calling model of a configuration, if it names one."""
    if not isinstance(args.llm, EndpointConfig) or not args.llm.tools:
        return None
    key = os.environ.get(args.llm.key_env, "") if args.llm.key_env else ""
    model = ChatOpenAI(
        model=args.llm.model,
        base_url=args.llm.url,
        api_key=SecretStr(key or "none"),
        temperature=0,
        max_completion_tokens=300,
        max_retries=0,
        timeout=SECONDS,
        # Proxies of the environment are ignored: what people write must not pass through one unasked.
        http_async_client=httpx.AsyncClient(trust_env=False, timeout=SECONDS),
    )
    return Caller(model)


def elsewhere(args: DiscoveryArgs) -> str | None:
    """The host that gets words of entries, where the language model is not on this computer."""
    if not isinstance(args.llm, EndpointConfig):
        return None
    host = urlsplit(args.llm.url).hostname or ""
    return None if host in _HERE else host or None
