"""The web room's own server: our routes under uvicorn, a stream that a test writes by hand, and a Chromium to look."""

import os
import threading
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute

from playground.web.assets import assets
from playground.web.routes import routes
from tests.browser import chromium
from tests.web.stage import PAGE, Stage

PATIENCE_MS = 20_000


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
        assert up.wait(20)
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


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Open our bare page, in a browser profile of its own. The test fails on an uncaught JavaScript error."""
    contexts, errors = [], []

    def opened(**options: object) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1366, "height": 768}, **options})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(server.url)
        page.evaluate("path => { globalThis.STATIC = path }", f"/np/static/{assets().version}/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """One bare page, 1366 x 768."""
    return open_page()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses a browser is marked so: ``pytest -m "not browser"`` leaves it out."""
    for item in items:
        if {"browser", "page", "open_page"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
