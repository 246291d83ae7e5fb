"""The child process that serves the weights over HTTP; it ends when its parent does.

Run as ``python -m llama_marketing.adapters.llama_cpp.process WEIGHTS ALIAS CONTEXT SLOTS`` with
the API key, or nothing, as the first line of standard input. It prints ``ready HOST PORT`` once
it listens.
"""

from __future__ import annotations

import os
import sys
from typing import TextIO

ANY_PORT = 0


def main(arguments: list[str], stdin: TextIO, stdout: TextIO) -> None:
    """Serve until standard input closes."""
    import xllamacpp

    weights, alias, context, slots = arguments
    parameters = xllamacpp.CommonParams()
    parameters.model.path = weights
    parameters.model_alias = {alias}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = ANY_PORT
    # The context is shared between the parallel slots.
    parameters.n_ctx = int(context) * int(slots)
    parameters.n_parallel = int(slots)
    # Its threads wait for each other in busy loops: with as many as there are cores, whatever
    # else runs slows the model to a fraction. Half of them is as fast and never starves.
    threads = max(1, (os.cpu_count() or 1) // 2)
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    key = stdin.readline().strip()
    if key:
        parameters.api_keys = [key]
    server = xllamacpp.Server(parameters)
    address = server.listening_address.removeprefix("http://")
    host, _, port = address.rpartition(":")
    print("ready", host, port, file=stdout, flush=True)
    stdin.read()
    # The native server's threads would hold up an orderly exit.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin, sys.stdout)
