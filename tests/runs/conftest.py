"""One hub for all tests that need no settings of their own: starting one loads PyTorch."""

import contextlib

import pytest

from tests.runs.viewer import Viewer, running_hub


@pytest.fixture
def anyio_backend():
    """Async tests run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture(scope="session")
def hub():
    """Two real workers."""
    with running_hub(workers=2) as running:
        yield running


@pytest.fixture
def view(hub):
    """``view(run_id, views, at)``: a viewer that is closed after the test. Its run rests from then on: it would train
    for another minute, and take the processor from the tests that follow."""
    with contextlib.ExitStack() as stack:

        def make(run_id, *arguments) -> Viewer:
            viewer = Viewer(hub, run_id, *arguments)
            stack.callback(viewer.close)
            stack.callback(rest, run_id)
            return viewer

        def rest(run_id: str) -> None:
            with contextlib.suppress(KeyError, ValueError):  # it is gone, or over
                hub.control(run_id, "pause")

        yield make
