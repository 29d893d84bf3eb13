"""The hub: the one object of the web process through which pages and browsers reach the runs.

Thread-safe, and nothing blocks but `Hub.checkpoint`, `Hub.fetch`, `Hub.load_weights`, `Hub.close`, `Hub.begin` of a job
that takes a run along, `Hub.job` that waits, and what asks the archive: `Hub.get` of an id that is not here (yet), and
all of `playground.runs.archivist`. No torch.
"""

import secrets
import time
from typing import Any

from playground.archive import ArchiveError
from playground.experiment import Experiment
from playground.runs import messages
from playground.runs.archivist import Archivist
from playground.runs.controls import BY_HAND, check_place, checked_value
from playground.runs.jobs import JobInfo
from playground.runs.keeping import Keeping
from playground.runs.patch import live_patch
from playground.runs.records import Record, RunInfo, ServerFull
from playground.runs.registrar import WARMING
from playground.runs.subscription import Subscription

LANDMARKS, LANDMARK_BYTES = 4, 2_000_000
MOST_PENDING = 20_000
"""Commands to one run that no checkpoint includes yet: what a person drags for minutes, and no more."""
BEHIND = "This run has much to do that it was told before. Please wait a moment."
STOPPED = "This run was stopped by an error. Reset it, or change the experiment."


class Hub(Archivist):
    """All runs of one server. Its settings bound how many there are and how many processes train them."""

    def create(
        self, experiment: Experiment, device: str = "auto", engine: str = "auto", person: str | None = None
    ) -> str:
        """Id of a new run of ``experiment``, not yet playing. Raises ServerFull.

        It is built in a worker; what goes wrong there is told to its viewers. What becomes of it is kept for
        ``person`` over restarts of the server; nobody's (None) goes with it.
        """
        self.start()
        with self.lock:
            self._forget_oldest()
            record = Record(secrets.token_urlsafe(16), experiment, device, engine)
            record.keeping = None if person is None else Keeping(person)
            self._housing.house(record)
            self._records[record.id] = record
            if not self._pool.ready(record.slot):
                record.tell(*(("error", self._pool.problem) if self._pool.problem else ("info", WARMING)))
            elif not self._warm:
                record.tell("info", WARMING)
            return record.id

    def get(self, run_id: str, sure: bool = False) -> RunInfo | None:
        """What is known of a run; None when there is none of this id (any more).

        One that only the archive knows (the server was started again, or had to forget it) is back from now on, as it
        was and paused. sure: where there may be one that cannot be had now, raise ArchiveError or ServerFull.
        """
        with self.lock:
            record = self._records.get(run_id)
        if record is None:
            try:
                record = self._revived(run_id)
            except (ArchiveError, ServerFull):
                if sure:
                    raise
        if record is None:
            return None
        with self.lock:
            record.touched = time.monotonic()
            return record.info()

    def replace(
        self,
        run_id: str,
        experiment: Experiment,
        device: str | None = None,
        engine: str | None = None,
        keep_weights: bool = False,
    ) -> None:
        """Have a run go on with another experiment, under the same id.

        Where a running training can take the change (see `live_patch`) it does; anything else starts again from step
        0, still playing if it was. With ``keep_weights`` it starts from its present weights (and what is silenced now)
        where all shapes agree and the run has not diverged. Raises KeyError for an unknown run, ServerFull when it has
        no place and gets none.
        """
        with self.lock:
            record = self._record(run_id)
            device, engine = device or record.device, engine or record.engine
            patch = None
            if (device, engine) == (record.device, record.engine) and not record.lost:
                patch = live_patch(record.experiment, experiment)
            inherit = keep_weights and not record.lost
            if patch is None:
                self._keeper.rebuilt(record, inherit)
            record.experiment, record.device, record.engine = experiment, device, engine
            if patch:
                self._send_command(record, "update", patch=patch)
            elif patch is None:
                self._rebuild(record, playing=record.will_play, inherit=inherit)

    def control(self, run_id: str, op: str, value: Any = None) -> None:
        """Do ``op`` to a run: play, pause, reset; step or epoch (``value``: how many, 1); speed (``value``: steps per
        second, None for as fast as it goes); rewind (``value``: the step to go back to); weight (``value``: {path,
        unit, input, value}, see `Trainer.set_weight`); silence (``value``: {path, unit, on}).

        Raises KeyError for an unknown run, ValueError in plain words for anything that cannot be done.
        """
        value = checked_value(op, value)
        if op in BY_HAND:
            with self.lock:
                experiment = self._record(run_id).experiment
            check_place(op, value, experiment)  # without the lock: it may have to look at a table
        with self.lock:
            record = self._record(run_id)
            if len(record.pending) >= MOST_PENDING:
                raise ValueError(BEHIND)
            if record.lost:
                if op != "reset":
                    raise ValueError(STOPPED)
                self._keeper.rebuilt(record, inherit=False)
                self._rebuild(record, playing=False)
            else:
                self._send_command(record, "control", op=op, value=value)

    def subscribe(self, run_id: str) -> Subscription:
        """A new viewer of a run. Raises KeyError for an unknown one."""
        with self.lock:
            record = self._record(run_id)
            subscription = Subscription(self, record)
            record.viewers.add(subscription)
        self.touch(record)
        return subscription

    def checkpoint(self, run_id: str, timeout: float = 30.0) -> bytes:
        """The whole state of a run, as it is now, for `Trainer.loads`.

        Raises KeyError for an unknown run, ValueError for one that never got anywhere, TimeoutError.
        """
        with self.lock:
            record = self._record(run_id)
            self._saved.wait_for(lambda: not record.leaving, timeout)
            if record.housed:
                self._pool.send(record.slot, record.command("save"))
                seq = record.seq
                done = self._saved.wait_for(
                    lambda: record.saved_seq >= seq or record.lost or self._closing.is_set(), timeout
                )
                if not done:
                    raise TimeoutError("the run did not answer in time")
            if record.checkpoint is None:
                raise ValueError("This run has not started yet.")
            return record.checkpoint

    def fetch(self, run_id: str, what: str, options: dict[str, Any] | None = None, timeout: float = 30.0) -> bytes:
        """A file of a run as it is now: ``what`` is a name in `playground.export.TAKEAWAYS`, with its options.

        Raises KeyError for an unknown run, ValueError in plain words where there is no such file, TimeoutError.
        """
        return self._ask(run_id, "fetch", timeout, what=str(what), options=options or {})

    def load_weights(self, run_id: str, data: bytes, timeout: float = 30.0) -> None:
        """Have a run go on with the weights in a file, as `fetch(run_id, "weights")` gives it; saved when it returns.

        Raises KeyError for an unknown run, ValueError in plain words for what is no such file or does not fit this
        network (nothing has changed then), TimeoutError.
        """
        self._ask(run_id, "load_weights", timeout, data)
        with self.lock:
            self._keeper.commanded(self._record(run_id), ["load_weights"])

    def keep_landmark(self, run_id: str, name: str, data: bytes) -> None:
        """Keep weights, in a file as `fetch(run_id, "weights")` gives it, as a point that loss landscapes can begin at.

        The last four names of a run are kept, also over a rebuild of it; where its network has another shape the point
        is not there. Raises KeyError for an unknown run, ValueError in plain words for a file that is too large.
        """
        if len(data) > LANDMARK_BYTES:
            raise ValueError("This network is too large for its weights to be kept as a point.")
        with self.lock:
            record = self._record(run_id)
            record.landmarks.pop(name, None)
            record.landmarks[name] = data
            if len(record.landmarks) > LANDMARKS:
                del record.landmarks[next(iter(record.landmarks))]
            if record.housed:
                self._housing.keep(record, name, data)

    def _ask(self, run_id: str, kind: str, timeout: float, payload: bytes = b"", **header: Any) -> bytes:
        """Ask the worker that has a run, and wait for what it answers."""
        with self.lock:
            record = self._record(run_id)
            self._saved.wait_for(lambda: not record.leaving, timeout)
            if record.lost:
                raise ValueError(STOPPED)
            self._housing.house(record)
            number, question = self._questions.ask(run_id, record.slot)
            try:
                self._pool.send(record.slot, messages.pack(kind, payload, run=run_id, question=number, **header))
                self._saved.wait_for(lambda: question.ok is not None or record.lost or self._closing.is_set(), timeout)
            finally:
                self._questions.close(number)
            if question.ok is None:
                if record.lost:
                    raise ValueError(STOPPED)
                raise TimeoutError("the run did not answer in time")
            if not question.ok:
                raise ValueError(question.text)
            return question.data

    def begin(
        self,
        what: str,
        options: dict[str, Any],
        run_id: str | None = None,
        owner: str | None = None,
        replaces: str | None = None,
        patient: bool = False,
    ) -> str:
        """Id of a new job, a name in `playground.runs.jobs.JOBS`, done in the studio beside all training.

        run_id: its state, as it is now, goes along. owner: whoever asks; of one owner only a few jobs are remembered.
        replaces: a job that is ended and forgotten now. patient: it goes on though nobody asks after it. Raises
        ValueError for an unknown job, ServerFull, and what `checkpoint` raises.
        """
        state = self.checkpoint(run_id) if run_id is not None else None
        self.start()
        with self.lock:
            if replaces is not None:
                self._ledger.forget(replaces)
            return self._ledger.begin(what, options, state, owner, patient)

    def job(self, job_id: str, newer_than: int | None = None, timeout: float = 30.0) -> JobInfo:
        """How a job stands; with ``newer_than`` as soon as it has a result after this revision, or has ended.

        Ask at least every two minutes: a job that nobody asks after is cancelled; what came of one is forgotten after
        ten. Raises KeyError for one that is unknown, or forgotten.
        """
        with self.lock:
            if newer_than is not None:
                return self._ledger.wait(job_id, newer_than, timeout)
            return self._ledger.info(job_id)

    def tell(self, job_id: str, message: dict[str, Any]) -> None:
        """Have a job hear of something while it works, a dict of JSON values that it knows. Raises KeyError for a job
        that is unknown, or forgotten."""
        with self.lock:
            self._ledger.tell(job_id, message)

    def cancel(self, job_id: str) -> None:
        """End a job at once. Raises KeyError for one that is unknown, or forgotten."""
        with self.lock:
            self._ledger.cancel(job_id)

    def devices(self) -> list[str]:
        """What the workers can train on: "cpu", and "cuda:0 NVIDIA ..." for each GPU."""
        return self._devices or ["cpu"]

    def stats(self) -> dict[str, Any]:
        """Numbers for whoever runs the server."""
        with self.lock:
            records = list(self._records.values())
            return {
                "runs": len(records),
                "loaded": sum(record.housed for record in records),
                "playing": sum(record.housed and record.will_play for record in records),
                "viewers": sum(len(record.viewers) for record in records),
                "checkpoint_bytes": sum(len(record.checkpoint or b"") for record in records),
                "workers": self._pool.pids(),
                "forkserver": self._pool.server_pid,
                "studio": self._pool.studio_pid,
                "jobs": len(self._ledger),
                "problem": self._pool.problem,
                "keeping_problem": self.keeping_problem,
            }
