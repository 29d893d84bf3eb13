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
    """``view(run_id, views, at)``: a viewer that is closed after the test."""
    with contextlib.ExitStack() as stack:

        def make(*arguments) -> Viewer:
            viewer = Viewer(hub, *arguments)
            stack.callback(viewer.close)
            return viewer

        yield make
