"""The whole suite: ``python -m tests``. Exit status 0 when everything passes.

The stories in a browser wait a good deal, for pictures and for one another, and take the longest; everything else runs
beside them in two processes that give way to them, and its report is printed when both are done. One after the other
they take a fifth longer.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import kernels

PYTEST = [sys.executable, "-m", "pytest", "-q"]
PARTS = {
    "stories": ["--durations=12", "tests/browser"],
    "rest": ["-n", "2", "--dist", "loadscope", "--durations=25", "--ignore=tests/browser"],
}
CACHE = Path(".pytest_cache")

GIVING_WAY = 4
"""How much nicer than the stories everything else is."""
FEW = 3
"""So many failures are tried once more, alone, under CI: there servers, browsers and tests share two busy cores, and
what is broken fails again. Both reports are printed, so nothing that is shaky is hidden."""


def main() -> int:
    """Run both; the first status that is not 0."""
    kernels.compiled()  # once, rather than by both at the same time
    with tempfile.TemporaryFile("w+") as report:
        rest = subprocess.Popen(
            command("rest", PARTS["rest"]),
            stdout=report,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: os.nice(GIVING_WAY),
        )
        try:
            print("The stories in a browser; the report of all other tests follows.", flush=True)
            stories = subprocess.run(command("stories", PARTS["stories"])).returncode
            rest.wait()
        finally:
            rest.kill()
            rest.wait()
        report.seek(0)
        print(report.read(), flush=True)
    return again("stories", stories) or again("rest", rest.returncode)


def command(part: str, arguments: list[str]) -> list[str]:
    """pytest, with what it remembers of this part."""
    return [*PYTEST, "-o", f"cache_dir={CACHE / part}", *arguments]


def again(part: str, status: int) -> int:
    """The status of a part: under CI, of its few failures tried once more."""
    if status != 1 or os.environ.get("CI") != "true":
        return status
    failed = list(json.loads((CACHE / part / "v/cache/lastfailed").read_text()))
    if not 0 < len(failed) <= FEW:
        return status
    print("Failed, and tried once more, alone:", *failed, sep="\n  ", flush=True)
    return subprocess.run(command(part, failed)).returncode


if __name__ == "__main__":
    sys.exit(main())
