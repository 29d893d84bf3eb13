"""The pages' widgets in Streamlit's own test runner, on a real hub with real workers, which this room shares."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from playground.experiment.presets import start
from playground.runs import close_hub, hub
from playground.ui.workbench import Workbench

SHELL = Path(__file__).resolve().parents[2] / "playground" / "ui" / "shell.py"
PATIENCE = 60  # seconds for one script run, which takes some hundredths of one

# Every page of Streamlit's test runner looks through all installed packages for components; once is enough.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(scope="session", autouse=True)
def _workers_end() -> Iterator[None]:
    yield
    close_hub()


@pytest.fixture
def bench() -> Workbench:
    """What a newcomer finds, with a run of its own."""
    bench = Workbench(start())
    bench.follow_run()
    return bench


@pytest.fixture(scope="module")
def shared() -> Workbench:
    """One workbench for many tests: each puts its own experiment on it."""
    bench = Workbench(start())
    bench.follow_run()
    return bench


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """``open_page(tab="Data", bench=..., x=..., run=...)``: the whole app in a new session, after its first run."""

    def open_(tab: str = "Network", bench: Workbench | None = None, **address: str) -> AppTest:
        page = AppTest.from_file(SHELL, default_timeout=PATIENCE)
        for name, value in address.items():
            page.query_params[name] = value
        if bench is not None:
            page.session_state["workbench"] = bench
        page.session_state["panel_tabs"] = tab
        return page.run()

    return open_


@pytest.fixture
def draw() -> Callable[..., AppTest]:
    """``draw(bench, lambda bench: ...)``: only what the function draws, for this workbench."""

    def script() -> None:
        import streamlit as st

        st.session_state["drawn"](st.session_state["workbench"])

    def draw_(bench: Workbench, what: Callable[[Workbench], None]) -> AppTest:
        page = AppTest.from_function(script, default_timeout=PATIENCE)
        page.session_state["workbench"] = bench
        page.session_state["drawn"] = what
        return page.run()

    return draw_


@pytest.fixture
def info() -> Callable:
    """``info(bench)``: what the hub knows of the workbench's run."""
    return lambda bench: hub().get(bench.run)
