"""Where the tests keep what the fused engine compiles: the same for all of them, and for the next run."""

import os
import subprocess
import sys

FOLDER = os.path.expanduser("~/.cache/network-playground/kernels")
READY = "TESTS_KERNELS_READY"
"""Set for processes of tests whose parent has seen to it."""


def compiled() -> None:
    """Have the fused engine compiled, if it has not been; takes a quarter of a minute the first time, and some seconds
    to find that it is."""
    if os.environ.get(READY):
        return
    environment = os.environ | {"PLAYGROUND_KERNELS": FOLDER}
    subprocess.run([sys.executable, "-m", "playground.training.engines.fused"], check=True, env=environment)
    os.environ[READY] = "yes"
