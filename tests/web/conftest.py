"""The web room's own server: our routes under uvicorn, a stream that a test writes by hand, and a Chromium to look."""

import contextlib
import os
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute

from playground.web.assets import assets
from playground.web.routes import routes
from tests.browser import chromium
from tests.web.stage import PAGE, Stage

PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


class Server:
    """uvicorn in a thread, on a free port."""

    def __init__(self, stage: Stage):
        # The hand-written stream stands before the real one, as "/live/stage-...".
        own = [Route("/", lambda _request: HTMLResponse(PAGE)), WebSocketRoute("/live/stage-{name}", stage.serve)]
        app = Starlette(routes=[*own, *routes()])
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="websockets-sansio"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> "Server":
        up = threading.Event()
        startup = self._server.startup

        async def told(*args: object, **more: object) -> None:
            await startup(*args, **more)
            up.set()

        self._server.startup = told
        self._thread.start()
        assert up.wait(60)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="session")
def stage() -> Stage:
    """The hand-written stream."""
    return Stage()


@pytest.fixture(scope="session")
def server(stage: Stage) -> Iterator[Server]:
    """One server for the whole room."""
    with Server(stage) as running:
        yield running


# Per module: while Playwright's synchronous side is open, no test of this thread could call asyncio.run().
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


@pytest.fixture(scope="module")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """One browser profile a module: plotly.js is fetched once, as for a person."""
    with _profile(browser) as context:
        yield context


@pytest.fixture
def own_page(browser: Browser, server: Server) -> Iterator[Page]:
    """A tab in a profile of its own, for what cannot be undone (a clock, which all tabs of a profile share; a hidden
    page). Fails on an uncaught JavaScript error."""
    with _profile(browser) as context:
        opened = _open(context, server)
        yield opened
        assert not opened.errors, opened.errors


@pytest.fixture(scope="module")
def shared(profile: BrowserContext, server: Server) -> Iterator[Page]:
    """One tab for a whole module: opening one costs more than most tests."""
    yield _open(profile, server)


@pytest.fixture
def page(shared: Page) -> Iterator[Page]:
    """Our bare page, 1366 x 768, with nothing mounted. Fails on an uncaught JavaScript error."""
    yield shared
    shared.evaluate("clear()")
    shared.set_viewport_size({"width": 1366, "height": 768})
    errors, shared.errors[:] = list(shared.errors), []
    assert not errors, errors


@contextlib.contextmanager
def _profile(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def _open(profile: BrowserContext, server: Server) -> Page:
    page = profile.new_page()
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(server.url)
    page.evaluate("path => { globalThis.STATIC = path }", f"/np/static/{assets().version}/")
    return page
