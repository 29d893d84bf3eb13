"""What every test stands on: a home of its own, one thread, and the settings' defaults."""

import os
import shutil
import tempfile
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from tests import kernels

# Before anything of ours is imported: settings are read once, and torch looks at its threads when it is loaded.
for _name in [name for name in os.environ if name.startswith("PLAYGROUND_")]:
    del os.environ[_name]  # a developer's own limits must not decide whether a test passes
SHARING = {"export", "hostile", "runs", "ui", "web"}
"""Rooms whose tests share a server, a hub, a browser or a Python of their own: two of each would be started."""
_HOME = tempfile.mkdtemp(prefix="playground-tests-")
os.environ["PLAYGROUND_HOME"] = _HOME
# What is compiled is the same wherever it is used: once for all tests, and for the next run of them.
os.environ["PLAYGROUND_KERNELS"] = kernels.FOLDER
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

# A shared machine is slow at odd moments, so no test is judged by the time of one example; and under CI the
# examples are always the same ones, so that a change is not blamed for another one's luck. 25 of each, unless a test
# asks for more: all of them together have to stay below ten minutes.
hypothesis_settings.register_profile("house", deadline=None, max_examples=25)
hypothesis_settings.register_profile("ci", deadline=None, max_examples=25, derandomize=True, database=None)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "house")


def pytest_configure(config: pytest.Config) -> None:
    """Have the fused engine compiled before any test starts."""
    if not hasattr(config, "workerinput"):
        kernels.compiled()


def pytest_unconfigure() -> None:
    """Leave nothing behind in the temporary folder."""
    shutil.rmtree(_HOME, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses a browser is marked so: ``pytest -m "not browser"`` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


class Rooms(LoadScopeScheduling):
    """The tests of a file stay in one process, and those of a room that share something which is long in coming."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        room = file.removeprefix("tests/").split("/", 1)[0]
        return room if room in SHARING else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Rooms:
    """How tests are dealt out to several processes, whatever ``--dist`` says."""
    return Rooms(config, log)
