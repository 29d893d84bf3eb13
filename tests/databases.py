"""A PostgreSQL of the tests' own, where one is installed: made in a temporary folder, reached by a socket in it."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

NOBODY = 65534  # PostgreSQL does not run as root
_FASTER = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=16MB", "-c", "max_connections=20"]


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The URL of an empty database, as PLAYGROUND_STORAGE takes it. Skips the test where it is not installed."""
    programs = _folder()
    if programs is None:
        pytest.skip("PostgreSQL (initdb, postgres) is not installed here")
    root = os.geteuid() == 0
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path may have 107 characters
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if root else {}
    if root:
        os.chown(home, NOBODY, NOBODY)
    server = None
    try:
        data = home / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "me", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=home,
            **user,
        )
        with open(home / "log", "wb") as log:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-k", home, "-c", "listen_addresses=", *_FASTER],
                stdout=log,
                stderr=log,
                cwd=home,
                **user,
            )
        url = f"postgresql://me@/postgres?host={home}"
        _await(server, url, home / "log")
        yield url
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)
            server.wait(60)
        shutil.rmtree(home, ignore_errors=True)


def _folder() -> Path | None:
    """Where its programs are; distributions keep them out of the way."""
    found = shutil.which("postgres")
    folders = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return next((folder for folder in reversed(folders) if (folder / "initdb").exists()), None)


def _await(server: subprocess.Popen, url: str, log: Path) -> None:
    """Wait until it answers: it says so in its log, which is looked at as it grows."""
    while server.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=60).close()
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(0.05)  # nothing to wait for but its end, and that another attempt is due
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text()}")
