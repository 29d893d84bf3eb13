"""A real Ray cluster of two nodes, started on this machine, and a server that trains on it."""

import contextlib
import dataclasses
import os
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from playground.runs import Hub
from playground.settings import settings
from tests.runs import viewer
from tests.runs.viewer import Viewer, experiment

MEMORY = 80_000_000  # bytes of each node's object store


@pytest.fixture
def anyio_backend():
    """Async tests run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Three nodes and what they start on two busy cores take a while."""
    monkeypatch.setattr(viewer, "PATIENCE", 220.0)


@pytest.fixture(scope="module")
def server() -> Iterator[SimpleNamespace]:
    """``hub``, with two workers, that was there before its cluster; ``early``: a run that was asked for then;
    ``begin()`` starts the cluster, ``second`` is the node that may go; ``home``: the nodes', not the server's."""
    with contextlib.ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("RAY_AUTH_MODE", "token")  # before Ray is imported, and for all that is started
        patch.setenv("RAY_AUTH_TOKEN", secrets.token_hex(16))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        try:
            from ray.cluster_utils import Cluster
        except ImportError:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip("Ray is not installed: pip install -r requirements-cluster.txt")
        port = _free_port()
        hub = Hub(dataclasses.replace(settings, cluster=f"ray://127.0.0.1:{port}", cluster_workers=2))
        stack.callback(hub.close)
        home = settings.home / "node"
        server = SimpleNamespace(hub=hub, early=hub.create(experiment(0)), home=home)

        def begin() -> None:
            server.cluster = Cluster(initialize_head=True, head_node_args=_node(home, ray_client_server_port=port))
            stack.callback(server.cluster.shutdown)
            stack.callback(hub.close)  # while the cluster is there
            server.second = server.cluster.add_node(wait=False, **_node(home))
            server.cluster.wait_for_nodes(120)

        server.begin = begin
        yield server


@pytest.fixture
def view(server) -> Iterator:
    """``view(run_id, views)``: a viewer that is closed after the test, its run paused."""
    with contextlib.ExitStack() as stack:

        def make(run_id: str, views: dict | None = None) -> Viewer:
            viewer = Viewer(server.hub, run_id, views)
            stack.callback(viewer.close)
            stack.callback(_rest, server.hub, run_id)
            return viewer

        yield make


def _node(home: Path, **more) -> dict:
    """A node of one core as another machine would be: another home; what is compiled for this processor it has."""
    variables = {
        "PLAYGROUND_HOME": str(home),
        "PLAYGROUND_KERNELS": os.environ["PLAYGROUND_KERNELS"],
        "RAY_worker_niceness": "0",
    }
    return {"num_cpus": 1, "object_store_memory": MEMORY, "include_dashboard": False, "env_vars": variables} | more


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _rest(hub: Hub, run_id: str) -> None:
    with contextlib.suppress(KeyError, ValueError):  # it is gone, or over
        hub.control(run_id, "pause")
