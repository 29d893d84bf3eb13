"""A real server and a real Chromium. Stories take ``person``; ``new_page`` opens unusual pages, or several."""

import contextlib
from collections.abc import Callable, Generator, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.person import Person
from tests.browser.room import PATIENCE_MS, SIZE, Room, leave, profile, report
from tests.browser.serving import Server

expect.set_options(timeout=PATIENCE_MS)

# What the server prints when a page of ours, or a route of ours, failed with a traceback.
FAILURES = ("Uncaught app execution", "Exception in ASGI application", "Traceback (most recent call last)")

ROOM = pytest.StashKey[Room]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """Close the room after the last of its tests."""
    yield
    if ROOM in item.config.stash and (nextitem is None or nextitem.path.parent != item.path.parent):
        item.config.stash[ROOM].close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The one server that most tests share; a test that needs other settings starts its own ``Server``."""
    with Server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """For stories in which things end: one worker has all runs, and one that nobody looks at leaves after a second."""
    with Server(tmp_path_factory.mktemp("frail"), PLAYGROUND_IDLE_SECONDS="1", PLAYGROUND_WORKERS="1") as running:
        yield running


@pytest.fixture(scope="session")
def _session_room(pytestconfig: pytest.Config) -> Iterator[Room]:
    pytestconfig.stash[ROOM] = room = Room()
    yield room
    room.close()


# Per module, not per session: a room that was closed is opened again.
@pytest.fixture(scope="module")
def room(_session_room: Room) -> Room:
    """What the stories share."""
    return _session_room


@pytest.fixture(scope="module")
def browser(room: Room) -> Browser:
    """A headless Chromium. Without one the test fails under CI and is skipped elsewhere."""
    return room.browser()


@pytest.fixture(scope="module")
def visiting(room: Room, frail: Server) -> BrowserContext:
    """The profile of those who visit the frail server."""
    return room.visiting(frail)


@pytest.fixture(scope="module")
def tab(room: Room, server: Server) -> Person:
    """A browser tab that the tests use one after another: opening a page takes half of the time."""
    return room.tab(server)


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


@pytest.fixture
def new_page(room: Room, server: Server) -> Iterator[Callable[..., Page]]:
    """Open pages: ``new_page(width=1366, height=768, dark=False, calm=False)``, all in the shared profile, or in
    somebody else's, ``new_page(stranger=True)``; any further option of a profile, ``is_mobile=True``, means a new one.

    The test fails when a page had an error, or the shared server logged a traceback.
    """
    pages: list[Page] = []
    own: list[BrowserContext] = []

    def open_page(
        width: int = SIZE["width"],
        height: int = SIZE["height"],
        *,
        dark: bool = False,
        calm: bool = False,
        stranger: bool = False,
        **options: object,
    ) -> Page:
        size = {"width": width, "height": height}
        if options:
            own.append(profile(room.browser(), server, viewport=size, **options))
        shared = room.strange if stranger else room.profile
        page = (own[-1] if options else shared(server)).new_page()
        pages.append(report(page, errors))
        page.set_viewport_size(size)
        page.emulate_media(
            color_scheme="dark" if dark else "light", reduced_motion="reduce" if calm else "no-preference"
        )
        return page

    with no_failures(server) as errors:
        yield open_page
        for page in pages:
            leave(page)
            page.close()
        for context in own:
            context.close()


@pytest.fixture
def page(new_page: Callable[..., Page], request: pytest.FixtureRequest) -> Page:
    """One page of 1366 x 768 in light colours. ``@pytest.mark.parametrize("page", [{...}], indirect=True)`` passes
    other arguments to ``new_page``: ``{"width": 1920, "height": 1080}``, ``{"dark": True}``.
    """
    return new_page(**getattr(request, "param", {}))


@pytest.fixture(scope="module")
def _staying(tab: Person) -> Iterator[Person]:
    yield tab
    leave(tab.page)
    tab.page.goto("about:blank")


@pytest.fixture
def stayer(_staying: Person, server: Server) -> Iterator[Person]:
    """As `person`, on the playground, which is opened for the first of a module's stories only: the others find it as
    the one before left it. Every load costs a second and a half of a processor, more than most stories do.
    """
    with no_failures(server, _staying.page.errors):
        if _staying.page.url == "about:blank":
            _staying.open()
        yield _staying
        leave(_staying.page)


@pytest.fixture
def person(tab: Person, server: Server) -> Iterator[Person]:
    """Somebody in front of a tab of 1366 x 768, nothing opened yet."""
    with no_failures(server, tab.page.errors):
        yield tab
        leave(tab.page)
        tab.page.goto("about:blank")
