"""Faults are injected into hubs of their own."""

import pytest


@pytest.fixture
def anyio_backend():
    """Async tests run on asyncio, as the server does."""
    return "asyncio"
