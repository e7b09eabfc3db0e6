"""What every worker of a single machine does before anything else: it keeps to loopback, and takes its port back.

Ray 2.60 opens a gRPC server for calls between deployments in every replica, on all interfaces, with no credential and
no setting for its address. On a single machine nobody else has any business there.

It also binds the ingress's port without SO_REUSEADDR. What is left of a killed gateway's connections holds the port for
a minute; one attempt in that minute fails, and Serve then sets the port aside for good. It is the only port there is.
"""

from __future__ import annotations

from typing import Any


def only() -> None:
    """A worker's set-up hook: from here on, a replica of this process binds its gRPC server to 127.0.0.1, and its HTTP
    server where one before it was killed a moment ago."""
    from ray.serve._private import replica

    bind, start = replica.add_port_to_grpc_server, replica.start_asgi_http_server

    def on_loopback(server: Any, address: str) -> Any:
        return bind(server, address.replace("[::]", "127.0.0.1"))

    async def again(app: Any, options: Any, **how: Any) -> Any:
        # The flag sets SO_REUSEADDR too. Another program of the same person could then share the port; it could read
        # the journal anyway.
        return await start(app, options, **how | {"enable_so_reuseport": True})

    replica.add_port_to_grpc_server = on_loopback
    replica.start_asgi_http_server = again
