"""The browser of the tests: where it is, and how to get one. ``python -m tests.browser.chromium`` gets one.

It is looked for on the PATH first and among Playwright's own downloads then. As root on a Debian system it is
installed from Debian's packages, elsewhere by Playwright.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")

# A browser under test stays quiet: no first-run pages, no updates, no talk to its maker. The sandbox needs rights
# that root in a container lacks; the only pages it opens are our own.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find() -> str | None:
    """The path of a Chromium that can be started, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return _playwrights_own()


def _playwrights_own() -> str | None:
    # In a process of its own: Playwright's synchronous side leaves an event loop behind in whoever asks it.
    script = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None


def install() -> None:
    """Try to get a browser. Never raises: whether the tests can do without one is theirs to say."""
    for command in _ways():
        print("getting a browser for the tests:", " ".join(command), flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        result = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL)
        if result.returncode != 0:
            print(f"  that did not work (exit status {result.returncode})", flush=True)


def _ways() -> list[tuple[str, ...]]:
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = ("chromium", "fonts-dejavu-core")  # without any font a plot has no labels
        apt = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120")  # somebody else may be installing
        return [(*apt, "update"), (*apt, "install", "--yes", "--no-install-recommends", *packages)]
    return [(sys.executable, "-m", "playwright", "install", "chromium")]


def main() -> None:
    """Get a browser unless there is one, and say plainly when there is none."""
    if find() is None:
        install()
    path = find()
    print(f"browser for the tests: {path}" if path else "no browser for the tests: install chromium by hand")


if __name__ == "__main__":
    main()
