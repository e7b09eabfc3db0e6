"""llama.cpp's own server, in process by `xllamacpp`. Runs in an environment of its own: port, GGUF file, threads."""

from __future__ import annotations

import signal
import sys

import xllamacpp

if __name__ == "__main__":
    params = xllamacpp.CommonParams()
    params.port, params.model.path = int(sys.argv[1]), sys.argv[2]
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = int(sys.argv[3])
    params.n_ctx, params.n_parallel = 2048, 1
    server = xllamacpp.Server(params)
    signal.pause()
