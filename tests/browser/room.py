"""What the stories share while they run: one Chromium, one profile that keeps what it has loaded, and one tab.

The first load of a page costs four times as much processor time as the next one, nearly all of it to read and compile
scripts; a profile that has them spares it, and so does a process that has compiled them.
"""

from __future__ import annotations

import contextlib
import os
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser import chromium
from tests.browser.person import Person
from tests.browser.serving import Server

PATIENCE_MS = 60_000  # a shared machine is slow at odd moments
SIZE = {"width": 1366, "height": 768}

# Streamlit asks for these below a page's path first, and then where they are; Chromium reports the 404.
PROBES = re.compile(r"/\w+/_stcore/(host-config|health)$")


class Room:
    """Opens each of them when it is first asked for. `close` closes all; they may be asked for again after that.

    It is closed after the room's last test: while it is open, Playwright's synchronous side keeps an event loop running
    in this thread, in which no test of another room could call asyncio.run().
    """

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        self._browser: Browser | None = None
        self._profile: BrowserContext | None = None
        self._strange: BrowserContext | None = None
        self._visiting: BrowserContext | None = None
        self._tab: Person | None = None

    def browser(self) -> Browser:
        """A headless Chromium. Without one the test fails under CI and is skipped elsewhere."""
        if self._browser is None:
            path = chromium.find()
            if path is None:
                reason = "no Chromium found: `make test` gets one where it can"
                pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
            playwright = self._open.enter_context(sync_playwright())
            # Pages of one profile share a process, and so what it has compiled.
            arguments = [*chromium.ARGUMENTS, "--process-per-site"]
            self._browser = playwright.chromium.launch(executable_path=path, args=arguments)
            self._open.callback(self._browser.close)
        return self._browser

    def profile(self, server: Server) -> BrowserContext:
        """The profile of everybody who does not ask for one of their own."""
        if self._profile is None:
            self._profile = profile(self.browser(), server)
        return self._profile

    def strange(self, server: Server) -> BrowserContext:
        """The profile of those who share nothing with everybody else."""
        if self._strange is None:
            self._strange = profile(self.browser(), server)
        return self._strange

    def visiting(self, frail: Server) -> BrowserContext:
        """The profile of those who visit the frail server, which has another address."""
        if self._visiting is None:
            self._visiting = profile(self.browser(), frail)
        return self._visiting

    def tab(self, server: Server) -> Person:
        """A tab that most stories use one after another."""
        if self._tab is None:
            self._tab = Person(report(self.profile(server).new_page(), []))
        return self._tab

    def close(self) -> None:
        """Close everything that is open."""
        self._open.close()
        self._browser = self._profile = self._strange = self._visiting = self._tab = None


def profile(browser: Browser, server: Server, **options: object) -> BrowserContext:
    """A browser profile of its own: no cookies, nothing cached."""
    context = browser.new_context(**{"viewport": SIZE, "base_url": server.url} | options)
    context.set_default_timeout(PATIENCE_MS)
    return context


def report(page: Page, errors: list[str]) -> Page:
    """Have a page's uncaught exceptions and console errors go to ``errors``, which becomes ``page.errors``."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not PROBES.search(message.location["url"]):
            errors.append(f"{message.text} ({message.location['url']})")

    page.on("pageerror", lambda error: errors.append(f"{error.name}: {error.message}\n{error.stack}"))
    page.on("console", console)
    page.errors = errors  # type: ignore[attr-defined]
    return page


def leave(page: Page) -> None:
    """Pause the page's runs, so that they do not take the processor from the tests that follow, and forget it all."""
    with contextlib.suppress(Exception):
        page.evaluate("() => { for (const each of __networkPlayground.connections.values()) each.control('pause'); }")
        page.wait_for_function(
            "() => [...__networkPlayground.connections.values()].every(({ status }) => status?.state !== 'playing')",
            timeout=3000,
        )
    with contextlib.suppress(Exception):
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
