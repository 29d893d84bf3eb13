"""A real server and a real Chromium. Tests here take ``page``, or ``new_page`` for several or unusual ones."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser import chromium
from tests.browser.serving import Server

PATIENCE_MS = 30_000  # a shared machine is slow at odd moments

# What the server prints when a page of ours, or a route of ours, failed with a traceback.
FAILURES = ("Uncaught app execution", "Exception in ASGI application", "Traceback (most recent call last)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses a browser is marked so: ``pytest -m "not browser"`` leaves it out."""
    for item in items:
        if {"browser", "page", "new_page"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one server that most tests share; a test that needs other settings starts its own ``Server``."""
    with Server(tmp_path_factory.mktemp("server")) as running:
        yield running


# Per module, not per session: while it is open, Playwright's synchronous side keeps an event loop running in this
# thread, in which no test of another room could call asyncio.run().
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Without one the test fails under CI and is skipped elsewhere."""
    path = chromium.find()
    if path is None:
        reason = "no Chromium found: `make test` gets one where it can"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open pages: ``new_page(width=1366, height=768, dark=False, **options)``, each in a browser profile of its own.

    The test fails when a page had an uncaught JavaScript error, or the shared server logged a traceback. A test
    that provokes one on purpose clears it: ``page.errors.clear()``.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []
    log_start = server.log_path.stat().st_size

    def open_page(width: int = 1366, height: int = 768, *, dark: bool = False, **options: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            base_url=server.url,
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{error.name}: {error.message}\n{error.stack}"))
        page.errors = errors  # type: ignore[attr-defined]
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not errors, "uncaught errors in the page:\n" + "\n".join(errors)
    printed = server.log(log_start)
    assert not any(mark in printed for mark in FAILURES), f"the server logged a failure:\n{printed[-6000:]}"


@pytest.fixture
def page(new_page: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """One page of 1366 x 768 in light colours. ``@pytest.mark.parametrize("page", [{...}], indirect=True)`` passes
    other arguments to ``new_page``: ``{"width": 1920, "height": 1080}``, ``{"dark": True}``.
    """
    return new_page(**getattr(request, "param", {}))
