"""Ray for training: started quietly on this machine, or joined where it runs; and errors as one line."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import ValidationError

from finetune.dataset import DataError

QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # the only switch by which Ray takes 127.0.0.1 as its own address
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_TRAIN_ENABLE_V2": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
"""No telemetry, and nothing beyond loopback where Ray is started here."""


@contextlib.contextmanager
def started(cpus: int | None = None) -> Iterator[None]:
    """Ray for as long as the block runs: the cluster of `RAY_ADDRESS`, the one already joined, or one of its own."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    import ray
    import ray.data

    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.WARNING)
    if ray.is_initialized():
        yield
        return
    joined = bool(os.environ.get("RAY_ADDRESS"))
    # "local": without it Ray joins whatever it finds on this machine, such as a running Discovery.
    local: dict[str, Any] = {
        "address": "local",
        "num_cpus": cpus,
        "include_dashboard": False,
        "object_store_memory": 200_000_000,
    }
    ray.init(logging_level=logging.ERROR, **({} if joined else local))
    try:
        yield
    finally:
        ray.shutdown()


def explain(error: BaseException) -> str:
    """What a person can use of an error: one line naming what, where, expected and found."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"configuration: {'.'.join(map(str, first['loc']))}: {first['msg']}, found {first['input']!r:.80}"
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror or error}"
    return " ".join(str(error).split())


@contextlib.contextmanager
def one_line() -> Iterator[None]:
    """Ends the program with one line and exit code 2 for bad input, and 130 when a person interrupts."""
    try:
        yield
    except (DataError, ValidationError, yaml.YAMLError, OSError) as error:
        print(explain(error), file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from the last checkpoint.", file=sys.stderr)
        raise SystemExit(130) from None
