"""A real server for the tests: the command a person types, on a free port, with a home of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STARTUP_SECONDS = 120
SHUTDOWN_SECONDS = 40


class Server:
    """``streamlit run app.py`` in a session of its own. A context manager: started on entry, gone on exit.

    ``folder`` holds its log and its home. ``environment`` overrides settings: ``PLAYGROUND_IDLE_SECONDS="2"``.
    Leaving raises AssertionError when the server does not end in time or leaves a process behind.
    """

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.home = folder / "home"
        self.log_path = folder / "server.log"
        self._environment = environment
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def start(self) -> None:
        """Start it, or start it again after its end, and wait until it answers."""
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", str(self.port)]
        environment = os.environ | {"PLAYGROUND_HOME": str(self.home), "PYTHONUNBUFFERED": "1"} | self._environment
        environment["HOME"] = str(self._folder)  # a person who starts Streamlit for the first time
        with self.log_path.open("wb") as log:
            # From another folder than the project's: the settings beside app.py must be found all the same.
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self._kill_everything()
            raise

    def __exit__(self, *_reason: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id of the web process."""
        assert self._process is not None
        return self._process.pid

    def log(self, start: int = 0) -> str:
        """What the server has printed since byte ``start``."""
        return self.log_path.read_bytes()[start:].decode(errors="replace")

    def processes(self) -> dict[int, str]:
        """Every living process of this server: process id -> command line. Zombies are not living.

        They are known by the home that they inherit, wherever they are: workers have a session of their own, and those
        of a dead server another parent.
        """
        mark = f"PLAYGROUND_HOME={self.home}\0".encode()
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it ended meanwhile, or is somebody else's
                if mark in (entry / "environ").read_bytes():
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def workers(self) -> list[int]:
        """The processes that train, once there is one: children of the fork server, the web process's child, and all
        of them but the studio, which gives way to everybody."""
        self.wait_for_processes(3)
        forked = [pid for pid in self.processes() if _parent(_parent(pid)) == self.pid]
        return [pid for pid in forked if not _gives_way(pid)]

    def wait_for_processes(self, least: int, seconds: float = STARTUP_SECONDS) -> dict[int, str]:
        """The living processes once there are ``least`` of them: workers start in the background, after the pages."""
        deadline = time.monotonic() + seconds
        while len(found := self.processes()) < least:
            assert time.monotonic() < deadline, f"only {found} after {seconds} s\n{self.log()[-4000:]}"
            time.sleep(0.05)
        return found

    def stop(self) -> None:
        """End the server as a service manager would (SIGTERM), and insist that nothing of it is left."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)  # nothing, if it has ended before
        self._insist_on_the_end()

    def kill(self) -> None:
        """End the web process as `kill -9` does, and insist that all others of the server then end by themselves."""
        assert self._process is not None
        self._process.kill()
        self._insist_on_the_end()

    def interrupt(self) -> None:
        """End the server as Ctrl+C in a terminal does: the signal reaches every process of it at once."""
        os.killpg(self.pid, signal.SIGINT)
        self._insist_on_the_end()

    def _insist_on_the_end(self) -> None:
        assert self._process is not None
        try:
            self._process.wait(SHUTDOWN_SECONDS)
            left = self._left_after(seconds=20)
        except subprocess.TimeoutExpired:
            left = self.processes()
        self._kill_everything()
        assert not left, f"still alive after the server was told to end: {left}\n{self.log()[-4000:]}"

    def _left_after(self, seconds: float) -> dict[int, str]:
        """Processes that outlive the server by ``seconds``: its children may take a moment to notice."""
        deadline = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    def _kill_everything(self) -> None:
        assert self._process is not None
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + STARTUP_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise AssertionError(f"the server ended at once:\n{self.log()[-4000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.05)  # nobody listens yet: there is no event to wait for across processes
        raise AssertionError(f"the server did not answer within {STARTUP_SECONDS} s:\n{self.log()[-4000:]}")


def _gives_way(pid: int) -> bool:
    """Whether a process is as nice as can be; among others that are, as they are under a nice test, whether it is the
    first to go when memory runs out."""
    if os.getpriority(os.PRIO_PROCESS, pid) < 19:
        return False
    return not 0 < int(Path(f"/proc/{pid}/oom_score_adj").read_text()) < 800


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return probe.getsockname()[1]
