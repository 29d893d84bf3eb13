"""A real server and a real Chromium. Stories take ``person``; ``new_page`` opens unusual pages, or several."""

import contextlib
import os
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.person import Person
from tests.browser.serving import Server

PATIENCE_MS = 30_000  # a shared machine is slow at odd moments
expect.set_options(timeout=PATIENCE_MS)

# What the server prints when a page of ours, or a route of ours, failed with a traceback.
FAILURES = ("Uncaught app execution", "Exception in ASGI application", "Traceback (most recent call last)")

# Streamlit asks for these below a page's path first, and then where they are; Chromium reports the 404.
PROBES = re.compile(r"/\w+/_stcore/(host-config|health)$")


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


@contextlib.contextmanager
def no_failures(server: Server, errors: list[str] | None = None) -> Iterator[list[str]]:
    """Collects what goes wrong in pages, and at the end insists that nothing did, there and in the server's log.

    A test that provokes errors on purpose clears them: ``page.errors.clear()``.
    """
    errors = [] if errors is None else errors
    errors.clear()
    start = server.log_path.stat().st_size
    yield errors
    assert not errors, "errors in the page:\n" + "\n".join(errors)
    printed = server.log(start)
    assert not any(mark in printed for mark in FAILURES), f"the server logged a failure:\n{printed[-6000:]}"


def report(page: Page, errors: list[str]) -> Page:
    """Have a page's uncaught exceptions and console errors go to ``errors``, which becomes ``page.errors``."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBES.search(message.location["url"]):
            errors.append(f"{message.text} ({message.location['url']})")

    page.on("pageerror", lambda error: errors.append(f"{error.name}: {error.message}\n{error.stack}"))
    page.on("console", console)
    page.errors = errors  # type: ignore[attr-defined]
    return page


def profile(
    browser: Browser, server: Server, width: int = 1366, height: int = 768, **options: object
) -> BrowserContext:
    """A browser profile of its own: no cookies, nothing cached."""
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=server.url, **options)
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def new_page(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open pages: ``new_page(width=1366, height=768, dark=False, **options)``, each in a browser profile of its own.

    The test fails when a page had an error, or the shared server logged a traceback.
    """
    contexts: list[BrowserContext] = []

    def open_page(width: int = 1366, height: int = 768, *, dark: bool = False, **options: object) -> Page:
        contexts.append(profile(browser, server, width, height, color_scheme="dark" if dark else "light", **options))
        return report(contexts[-1].new_page(), errors)

    with no_failures(server) as errors:
        yield open_page
        for context in contexts:
            for page in context.pages:
                leave(page)
            context.close()


@pytest.fixture
def page(new_page: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """One page of 1366 x 768 in light colours. ``@pytest.mark.parametrize("page", [{...}], indirect=True)`` passes
    other arguments to ``new_page``: ``{"width": 1920, "height": 1080}``, ``{"dark": True}``.
    """
    return new_page(**getattr(request, "param", {}))


@pytest.fixture(scope="module")
def tab(browser: Browser, server: Server) -> Iterator[Person]:
    """A browser tab that the tests of a module use one after another: opening a page takes half of the time."""
    context = profile(browser, server)
    yield Person(report(context.new_page(), []))
    context.close()


@pytest.fixture
def person(tab: Person, server: Server) -> Iterator[Person]:
    """Somebody in front of a tab of 1366 x 768, nothing opened yet."""
    with no_failures(server, tab.page.errors):
        yield tab
        leave(tab.page)
        tab.page.goto("about:blank")


def leave(page: Page) -> None:
    """Pause the page's runs, so that they do not take the processor from the tests that follow."""
    with contextlib.suppress(Exception):
        page.evaluate("() => { for (const each of __networkPlayground.connections.values()) each.control('pause'); }")
        page.wait_for_function(
            "() => [...__networkPlayground.connections.values()].every(({ status }) => status?.state !== 'playing')",
            timeout=3000,
        )
