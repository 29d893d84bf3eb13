"""What the tests of what is taken away share."""

from collections.abc import Iterator

import pytest

from tests.export.runner import Runner


@pytest.fixture(scope="session")
def run() -> Iterator[Runner]:
    """``run(text, epochs)``: what a script gives, run by a Python that has nothing of ours."""
    runner = Runner()
    yield runner
    runner.close()
