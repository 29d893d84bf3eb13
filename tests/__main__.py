"""The whole suite: ``python -m tests``. Exit status 0 when everything passes.

The stories in a browser wait a good deal, for pictures and for one another, and take the longest; everything else runs
beside them in two processes that give way to them, and its report is printed when both are done. One after the other
they take a fifth longer.
"""

import os
import subprocess
import sys
import tempfile

from tests import kernels

PYTEST = [sys.executable, "-m", "pytest", "-q"]
STORIES = [*PYTEST, "--durations=12", "tests/browser"]
REST = [*PYTEST, "-n", "2", "--dist", "loadscope", "--durations=25", "--ignore=tests/browser"]

GIVING_WAY = 4
"""How much nicer than the stories everything else is."""


def main() -> int:
    """Run both; the first status that is not 0."""
    kernels.compiled()  # once, rather than by both at the same time
    with tempfile.TemporaryFile("w+") as report:
        rest = subprocess.Popen(REST, stdout=report, stderr=subprocess.STDOUT, preexec_fn=lambda: os.nice(GIVING_WAY))
        try:
            print("The stories in a browser; the report of all other tests follows.", flush=True)
            stories = subprocess.run(STORIES).returncode
            rest.wait()
        finally:
            rest.kill()
            rest.wait()
        report.seek(0)
        print(report.read(), flush=True)
    return stories or rest.returncode


if __name__ == "__main__":
    sys.exit(main())
