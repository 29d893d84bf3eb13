"""Runs scripts in a Python of its own, which sees numpy and torch and nothing of ours."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

SERVER = """
import contextlib, io, json, sys, traceback
import numpy, torch
torch.set_num_threads(1)
for line in sys.stdin:
    request = json.loads(line)
    printed, scope = io.StringIO(), {"__name__": "script"}
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(request["text"], "script.py", "exec"), scope)
            scope["PRINT_EVERY"] = 1
            losses = scope["train"](request["epochs"])[1]
        answer = {"losses": losses, "printed": printed.getvalue()}
    except BaseException:
        answer = {"error": traceback.format_exc()}
    answer["ours"] = sorted(name for name in sys.modules if name.startswith("playground"))
    print(json.dumps(answer), flush=True)
"""
EPOCH = re.compile(r"epoch +(\d+): train loss (\S+), \S+ \S+(?: test loss (\S+), .*)?")


class Outcome(NamedTuple):
    """losses: of every batch before its step; epochs: (number, train loss, test loss) as printed."""

    losses: list[float]
    epochs: list[tuple[int, float, float]]


class Runner:
    """A process that trains scripts one after another."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        # -I: neither the working directory nor an environment variable can bring our package in.
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=self.folder.name,
        )

    def __call__(self, text: str, epochs: int) -> Outcome:
        """What the script `text` gives when it trains for so many epochs."""
        self.process.stdin.write(json.dumps({"text": text, "epochs": epochs}) + "\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        assert "error" not in answer, f"{answer['error']}\n{text}"
        assert answer["ours"] == []
        return Outcome(answer["losses"], [_row(line) for line in answer["printed"].splitlines()])

    def place(self, name: str, data: bytes) -> None:
        """Have a file lie in the folder where the scripts run."""
        (Path(self.folder.name) / name).write_bytes(data)

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()
        self.folder.cleanup()


def _row(line: str) -> tuple[int, float, float]:
    found = EPOCH.fullmatch(line)
    assert found, line
    return int(found[1]), float(found[2]), float(found[3] or "nan")
