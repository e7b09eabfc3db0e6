"""Who may reach the service: it listens beyond loopback only where everybody needs an account."""

from __future__ import annotations

import ipaddress
from typing import Any

from agent.config import DiscoveryArgs, parse
from agent.errors import ConfigError


def beyond_loopback(host: str) -> bool:
    """Whether somebody else's machine can reach what listens on `host`. A name counts as reachable, but localhost."""
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def expose(config: dict[str, Any], *, host: str | None, multi_user: bool) -> DiscoveryArgs:
    """Lays the choices of the command line over a Serve configuration, in place, and returns the arguments of its
    first application. Raises `ConfigError` where strangers could reach a journal without an account."""
    options = config.setdefault("http_options", {})
    options["host"] = host or options.get("host", "127.0.0.1")
    first = config["applications"][0]["args"]
    if multi_user:
        first["multi_user"] = True
    args = parse(first)
    if not isinstance(args, DiscoveryArgs):
        raise ConfigError("configuration: the first application must be `discovery`, which holds the journal")
    if beyond_loopback(options["host"]) and not args.multi_user:
        raise ConfigError(
            f"http_options.host: {options['host']} can be reached from other machines, and without accounts everybody "
            "there could read this journal. Use --multi-user (multi_user: true), or listen on 127.0.0.1."
        )
    return args
