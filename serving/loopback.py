"""Keeps Ray Serve's replicas on loopback.

Ray 2.60 opens a gRPC server for calls between deployments in every replica, on all interfaces, with no credential and
no setting for its address. On a single machine nobody else has any business there.
"""

from __future__ import annotations

from typing import Any


def only() -> None:
    """A worker's set-up hook: from here on, a replica of this process binds that server to 127.0.0.1."""
    from ray.serve._private import replica

    bind = replica.add_port_to_grpc_server

    def on_loopback(server: Any, address: str) -> Any:
        return bind(server, address.replace("[::]", "127.0.0.1"))

    replica.add_port_to_grpc_server = on_loopback
