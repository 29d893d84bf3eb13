"""Compiles the fused engine for this machine."""

import os

from playground.training.engines.fused.ahead import compile_once

if __name__ == "__main__":
    os.nice(10)
    compile_once()
