"""What every process of the product is started with on one machine: silence, loopback, and how Ray is set."""

from __future__ import annotations

QUIET: dict[str, str] = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # the only switch by which Ray takes 127.0.0.1 as its own address
    "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",  # fewer threads between a request and its answer
    "RAY_SERVE_USE_GRPC_BY_DEFAULT": "0",  # part of the above; its servers listen on every interface
    "RAY_worker_niceness": "0",  # by default Ray yields to everything else on the machine; a person waits for this
    "RAY_DEDUP_LOGS": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_HOST_IP": "127.0.0.1",
    "TOKENIZERS_PARALLELISM": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGGRAPH_STRICT_MSGPACK": "true",
}
"""What every process is started with: no telemetry, no hub, loopback only."""


def ingress(port: int) -> dict[str, str]:
    """The gateway's replica listens on `port` itself: Serve's proxy would cost every request two hops more.

    The range holds one port, so that a gateway that is replaced comes back on the same one.
    """
    return {
        "RAY_SERVE_ENABLE_DIRECT_INGRESS": "1",
        "RAY_SERVE_DIRECT_INGRESS_MIN_HTTP_PORT": str(port),
        "RAY_SERVE_DIRECT_INGRESS_MAX_HTTP_PORT": str(port + 1),
        "RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": "1",
        "RAY_SERVE_PORT_QUARANTINE_S": "0",
    }


HOOK = {"worker_process_setup_hook": "serving.loopback.only"}
"""What every worker does before anything else, on one machine."""

LOGICAL_CPUS = 8
"""Ray's CPUs are shares, not cores: the replicas of a laptop add up to more than its two cores and idle mostly."""
