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


class House:
    """One Chromium and one profile for the modules that look at pages one after another; opened when first asked for.

    It is closed before tests that look at none: while Playwright's synchronous side is open, none of them could call
    asyncio.run(). To start it and to load plotly.js costs three seconds of a processor.
    """

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        self._browser: Browser | None = None
        self._profile: BrowserContext | None = None

    def browser(self) -> Browser:
        """A headless Chromium. Without one the test fails under CI and is skipped elsewhere."""
        if self._browser is None:
            path = chromium.find()
            if path is None:
                reason = "no Chromium found: `make test` gets one where it can"
                pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
            playwright = self._open.enter_context(sync_playwright())
            arguments = [*chromium.ARGUMENTS, "--process-per-site"]  # pages share what the process has compiled
            self._browser = playwright.chromium.launch(executable_path=path, args=arguments)
            self._open.callback(self._browser.close)
        return self._browser

    def profile(self, server: Server) -> BrowserContext:
        """One browser profile: plotly.js is fetched once, as for a person. A page that stays keeps its process."""
        if self._profile is None:
            self._profile = self._open.enter_context(_profile(self.browser()))
            self._profile.new_page().goto(server.url)
        return self._profile

    def close(self) -> None:
        """Close everything; it may be asked for again."""
        self._open.close()
        self._browser = self._profile = None


HOUSE = pytest.StashKey[House]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Close the house before a module that begins with no browser, and at the end."""
    yield
    leaves = nextitem is None or (nextitem.path != item.path and "browser" not in getattr(nextitem, "fixturenames", ()))
    if leaves and HOUSE in item.config.stash:
        item.config.stash[HOUSE].close()


@pytest.fixture(scope="module")
def house(pytestconfig: pytest.Config) -> House:
    """What the modules share."""
    return pytestconfig.stash.setdefault(HOUSE, House())


@pytest.fixture(scope="module")
def browser(house: House) -> Browser:
    """A headless Chromium."""
    return house.browser()


@pytest.fixture(scope="module")
def profile(house: House, browser: Browser, server: Server) -> BrowserContext:
    """The profile of `browser` that all use who need none of their own."""
    return house.profile(server)


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
    page = _open(profile, server)
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    yield page
    page.close()


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
