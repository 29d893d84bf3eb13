"""One more worker for the studies of a database: ``python -m playground.worker --storage URL``.

Started on any machine that reaches the database, as often as there are cores to spare. It works on one study, or on all
that are under way and begin later; Ctrl+C gives back the trial that it is at, and another worker takes it up.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line answers before anything heavy is loaded
    from playground.studies.studies import Studies
    from playground.studies.working import Allowance, Step

LOOK_SECONDS = 3.0
"""How soon a study that begins is joined, at most."""
INTERRUPTED = 130
"""Exit status after Ctrl+C, as shells have it."""
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
"""One core a worker: small networks train many times slower with more threads."""


def main(arguments: list[str] | None = None) -> int:
    """Work until it is interrupted, or until the study is over, or the trials are done; the exit status."""
    given = _parser().parse_args(arguments)
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    from playground.studies.storage import StudyError

    crew = None
    try:
        crew = Crew(*_opened(given.storage, given.study), given.device, given.trials)
        _load_compiled()
        crew.work()
        return 0
    except StudyError as wrong:
        print(wrong, file=sys.stderr, flush=True)
        return 2
    except KeyboardInterrupt:
        if crew is not None:
            crew.close()
        _say("Interrupted; what was not finished is given back.")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m playground.worker",
        description="Work on the studies in a database, beside everybody else who does. Ctrl+C gives a trial back.",
    )
    parser.add_argument(
        "--storage",
        metavar="URL",
        help="the database, for example postgresql://user:password@host/name or sqlite:///playground.db; "
        "without it the one that PLAYGROUND_STORAGE names",
    )
    parser.add_argument("--study", metavar="NAME", help="the study to join; without it all that are under way")
    parser.add_argument("--device", default="auto", help="cpu, cuda, cuda:1, ...; auto chooses for each network")
    parser.add_argument("--trials", type=_count, default=math.inf, metavar="N", help="end after so many trials")
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 9):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of trials")
    return int(text)


def _opened(storage: str | None, study: str | None) -> tuple[Studies, str | None]:
    """The studies of the database, and the one that is asked for. Raises StudyError."""
    from playground.settings import settings
    from playground.studies.existing import exist
    from playground.studies.storage import StudyError, told, without_password
    from playground.studies.studies import Studies

    url = settings.storage_url if storage is None else replace(settings, storage=storage).storage_url
    with told(url):
        there = exist(url)
    if not there and (study is not None or url.startswith("sqlite")):
        raise StudyError(f"There are no studies in {without_password(url)}.")
    studies = Studies(url)
    if study is not None and studies.state(study) not in ("running", "paused"):
        raise StudyError(f"The study {study} is {studies.state(study)}: there is nothing to work on.")
    studies.running()
    return studies, study


def _load_compiled() -> None:
    """Have the fused engine here; on a machine's first time it is compiled meanwhile, and PyTorch trains."""
    import torch

    from playground.training.engines.fused import ahead

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]) if os.environ["OMP_NUM_THREADS"].isdigit() else 1)
    if ahead.is_kept():
        ahead.load()
    else:
        ahead.begin()


@dataclass(slots=True)
class _Job:
    steps: Iterator[Step]
    due: float = field(default_factory=time.monotonic)


class Crew:
    """One process at all studies that it works on, a little of each in turn. study: the only one, None for all."""

    def __init__(self, studies: Studies, study: str | None, device: str, trials: float) -> None:
        from playground.studies.working import Allowance

        self._studies, self._only, self._device = studies, study, device
        self._allowance: Allowance = Allowance(trials)
        self._jobs: dict[str, _Job] = {}
        self._refused: set[str] = set()
        self._looked = -math.inf
        self._idle = False

    def work(self) -> None:
        """Until there is nothing more to do. Raises StudyError where the only study cannot be worked on."""
        before = signal.signal(signal.SIGTERM, _interrupt)
        try:
            self._join()
            while self._jobs or (self._only is None and self._allowance.left > 0):
                self._turn()
                self._join()
        finally:
            signal.signal(signal.SIGTERM, before)

    def close(self) -> None:
        """Give back what is not finished."""
        for job in self._jobs.values():
            job.steps.close()
        self._jobs.clear()

    def _join(self) -> None:
        """Begin to work on what is under way."""
        if time.monotonic() < self._looked + LOOK_SECONDS or self._allowance.left <= 0:
            return
        first, self._looked = self._looked == -math.inf, time.monotonic()
        if self._only is not None:
            names = [self._only] if first else []
        else:
            names = [name for name in self._studies.running() if name not in self._refused]
        for name in names:
            if name not in self._jobs:
                self._begin(name)
        if not self._jobs and not self._idle:
            _say("No study is under way. Waiting for one; Ctrl+C ends.")
        self._idle = not self._jobs

    def _begin(self, name: str) -> None:
        from playground.studies.working import work

        _say(f"Working on the study {name}")
        self._jobs[name] = _Job(work(self._studies.url, name, device=self._device, allowance=self._allowance))

    def _turn(self) -> None:
        now = time.monotonic()
        due = [name for name, job in self._jobs.items() if job.due <= now]
        for name in due:
            self._step(name)
        if not due:
            next_due = min((job.due for job in self._jobs.values()), default=now + LOOK_SECONDS)
            time.sleep(max(0.0, next_due - now))

    def _step(self, name: str) -> None:
        from playground.studies.storage import StudyError

        job = self._jobs[name]
        try:
            step = next(job.steps, None)
        except StudyError as wrong:
            del self._jobs[name]
            if self._only is not None:
                raise
            self._refused.add(name)
            _say(f"The study {name} is left to others: {wrong}")
            return
        if step is None:
            del self._jobs[name]
            _say(f"The work on the study {name} is over.")
            return
        job.due = time.monotonic() + step.rest
        if step.news:
            _say(step.news)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
