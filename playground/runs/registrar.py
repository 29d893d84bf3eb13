"""The hub's other side: what the workers say, where the runs are, and which of them nobody looks at any more."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from playground.runs import gallery, messages
from playground.runs.cluster.pool import ClusterPool
from playground.runs.housing import Housing
from playground.runs.keeper import Keeper
from playground.runs.ledger import Ledger
from playground.runs.pool import Pool
from playground.runs.questions import Questions
from playground.runs.records import Record, ServerFull
from playground.runs.subscription import Subscription
from playground.settings import Settings, settings

_LOG = logging.getLogger(__name__)
_CLOSE_SECONDS = 2.0
WARMING = "Starting PyTorch. The first run begins in a few seconds."


class Registrar:
    """All runs of one server and the processes that train them. `playground.runs.hubs.Hub` is what pages speak to.

    Thread-safe: Streamlit's script threads, the asyncio loop of the web sockets and the threads that read the workers'
    pipes all come here. Methods named ``_on_...`` and those marked so are called with `lock` held.
    """

    def __init__(self, settings: Settings = settings) -> None:
        self._settings = settings
        self.lock = threading.RLock()
        self._saved = threading.Condition(self.lock)
        self._records: dict[str, Record] = {}
        hears = self._received, self._worker_died, self._does_not_start
        self._pool = ClusterPool(settings, *hears) if settings.cluster else Pool(settings.workers, *hears)
        self._housing = Housing(self._pool.size, settings.runs_per_worker, self._pool.send, self._pool.ready)
        self._questions = Questions()
        self._ledger = Ledger(settings, self.lock, self._pool)
        self._keeper = Keeper(settings, self.lock)
        self._devices: list[str] = []
        self._troubles: set[str] = set()  # that there was with the workers, as people were told
        self._warm = self._started = False
        self._closing = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="idle-runs", daemon=True)

    def start(self) -> None:
        """Start the worker processes in the background; returns at once. The first `create` does it if need be."""
        with self.lock:
            if self._started or self._closing.is_set():
                return
            self._started = True
        self._pool.start()
        for slot in range(self._pool.size):
            self._configure(slot)
        self._sweeper.start()

    def close(self) -> None:
        """End all processes and threads, and every subscription. May be called twice; the hub is of no use after."""
        if self._started and not self._closing.is_set():
            self._save_all()
        self._closing.set()
        if self._started:
            self._pool.close()
            self._sweeper.join()
        with self.lock:
            records = list(self._records.values())
            self._records.clear()
            self._saved.notify_all()
            self._ledger.all_fail("The server was closed meanwhile.")
        self._keeper.close()
        for record in records:
            gallery.wake(record)

    def _save_all(self) -> None:
        """Have the last steps of all runs that are kept, as far as a moment suffices."""
        with self.lock:
            playing = [record for record in self._housing.tenants() if record.keeping and record.will_play]
            for record in playing:
                self._pool.send(record.slot, record.command("save"))
            self._saved.wait_for(
                lambda: all(record.saved_seq >= record.seq or not record.housed for record in playing), _CLOSE_SECONDS
            )

    # --- what subscriptions do -------------------------------------------------------------------------------

    def knows(self, record: Record) -> bool:
        """Whether this run is still remembered."""
        return self._records.get(record.id) is record

    def touch(self, record: Record) -> None:
        """Somebody looks at a run: if it had to leave its worker it is taken up again where it stopped."""
        with self.lock:
            record.touched = time.monotonic()
            if record.housed or record.lost or not self.knows(record):
                return
            try:
                self._housing.house(record)
            except ServerFull as full:
                record.wanted = True  # as soon as a place is free
                record.tell("warning", str(full))
                gallery.wake(record)

    def watch_changed(self, record: Record) -> None:
        """A viewer looks at other views, or no longer; with the lock held."""
        record.touched = time.monotonic()
        gallery.prune(record)

    def viewer_left(self, record: Record) -> None:
        """A viewer is gone; its run may now have to make room for one that waits. With the lock held."""
        self.watch_changed(record)
        self._house_waiting()

    def wish(self, record: Record, viewer: Subscription) -> None:
        """A viewer is ready and lacks something; with the lock held."""
        if record.housed:
            slot = record.slot
            gallery.wish(record, viewer, lambda message: self._pool.send(slot, message))

    # --- what workers say ------------------------------------------------------------------------------------

    def _received(self, slot: int, kind: str, header: dict[str, Any], payload: memoryview) -> None:
        """One message of a worker, in the thread that reads its pipe."""
        with self.lock:
            if slot == self._pool.studio:
                self._ledger.received(kind, header, payload)
            elif kind == "hello":
                self._on_hello(slot)
            elif kind == "devices":
                self._devices = header["devices"]
            elif kind == "answer":  # also of a run that has left its worker since
                self._questions.answer(header["question"], header["ok"], header["text"], bytes(payload))
                self._saved.notify_all()
            else:
                record = self._records.get(header["run"])
                if record is not None and record.slot == slot:
                    handler: Callable = getattr(self, f"_on_{kind}")
                    handler(record, header, payload)

    def _does_not_start(self, problem: str) -> None:
        """There are no workers, or not as many as there should be; whoever waits for one that does not come hears of it
        (once), or goes on in another. Without a studio its jobs fail."""
        with self.lock:
            if not self._pool.ready(self._pool.studio):
                self._ledger.all_fail(problem)
            self._housing.settle()
            self._troubles.add(problem)
            for record in self._records.values():
                waiting = record.status is None if record.slot is None else not self._pool.ready(record.slot)
                if waiting and (record.notice or {}).get("text") != problem:
                    record.tell("error", problem)
                    gallery.wake(record)

    def _on_hello(self, slot: int) -> None:
        if not self._devices:
            self._pool.send(slot, messages.pack("devices"))
        self._warm = True
        for record in self._records.values():
            if record.notice and (record.status is None or record.notice["text"] in self._troubles):  # about waiting
                record.notice = None
                record.news += 1
                gallery.wake(record)

    def _on_frame(self, record: Record, header: dict[str, Any], payload: memoryview) -> None:
        if header["version"][0] == record.revision:
            gallery.take_frame(record, header, payload)

    def _on_checkpoint(self, record: Record, header: dict[str, Any], payload: memoryview) -> None:
        if header["version"][0] == record.revision:
            self._keeper.commanded(record, record.done_by(header["seq"]))
            record.take_checkpoint(header, payload)
            self._keeper.changed(record)
            self._saved.notify_all()
        else:
            self._keeper.late(record, header, payload)
        if header["leaving"] and record.leaving:
            self._left(record)

    def _on_failed(self, record: Record, header: dict[str, Any], payload: memoryview) -> None:
        if header["revision"] != record.revision:
            return
        self._housing.drop(record)
        record.lost, record.playing, record.goal = True, False, None
        record.pending.clear()
        record.tell("error", header["text"])
        self._saved.notify_all()
        gallery.wake(record)
        self._house_waiting()

    def _on_refused(self, record: Record, header: dict[str, Any], payload: memoryview) -> None:
        if header["revision"] == record.revision:
            record.tell("warning", header["text"])
            gallery.wake(record)

    def _worker_died(self, slot: int, culprit: str) -> None:
        """Replace a worker and have its runs go on from their last checkpoints, in the thread that read its pipe.

        The studio's jobs fail, and it is replaced when there is another one."""
        with self.lock:
            if slot == self._pool.studio:
                self._ledger.studio_died()
                return
            runs = self._housing.worker_died(slot, culprit)
            self._pool.replace(slot)
            self._questions.worker_died(slot)
            self._saved.notify_all()
            self._configure(slot)
            for record in runs:
                if record.checkpoint is not None:
                    record.tell(
                        "warning",
                        f"The process that trained this run ended. The run goes on from step {record.saved_step}, "
                        "where it was saved.",
                    )
                self._housing.resettle(record)
            for record in self._records.values():
                if record.slot in (slot, None):
                    gallery.wake(record)
            self._house_waiting()

    # --- helpers, with the lock held -------------------------------------------------------------------------

    def _record(self, run_id: str) -> Record:
        """The record of a run that somebody just spoke of. Raises KeyError."""
        record = self._records[run_id]
        record.touched = time.monotonic()
        return record

    def _configure(self, slot: int) -> None:
        self._pool.send(slot, messages.pack("configure", frame_rate=self._settings.frame_rate))

    def _send_command(self, record: Record, kind: str, **header: Any) -> None:
        """Number a command, remember it, and send it; a run without a place gets one first (and the command then)."""
        message = record.command(kind, **header)
        if record.housed:
            self._pool.send(record.slot, message)
            return
        try:
            self._housing.house(record)
        except ServerFull:
            record.pending.pop()
            raise

    def _rebuild(self, record: Record, playing: bool, inherit: bool = False) -> None:
        """Start a run again from its experiment; with ``inherit`` from its present weights, where they fit."""
        if record.leaving:  # what it says on leaving is about the old revision
            self._housing.drop(record)
        record.revision += 1
        record.generation = 0
        record.playing, record.goal, record.lost, record.speed = playing, None, False, record.will_speed
        record.previous = (record.checkpoint or record.previous) if inherit else None
        record.checkpoint, record.saved_step, record.saved_seq = None, 0, record.seq
        record.saved_experiment = record.experiment
        record.pending.clear()
        record.crashes.clear()
        record.forget_pictures()
        record.notice = None
        record.news += 1
        if record.housed:
            self._housing.reload(record, inherit)
        else:
            self._housing.house(record)
        gallery.wake(record)

    def _left(self, record: Record) -> None:
        """A run has left its worker; it or another may have been waiting for a place."""
        self._housing.left(record)
        self._saved.notify_all()
        record.news += 1
        if record.wanted or record.viewers or record.pending:
            self.touch(record)
        gallery.wake(record)
        self._house_waiting()

    def _house_waiting(self) -> None:
        """Give places to the runs that were told there is none."""
        for record in self._records.values():
            if record.wanted and record.slot is None:
                try:
                    self._housing.house(record)
                except ServerFull:
                    return
                record.notice = None
                record.news += 1
                gallery.wake(record)

    def _forget_oldest(self) -> None:
        """Make room in memory for one more run: those unseen for longest, and without a place, go."""
        idle = [record for record in self._records.values() if record.slot is None and not record.viewers]
        idle.sort(key=lambda record: record.touched, reverse=True)
        saved = sum(record.saved_bytes for record in self._records.values())
        while idle and (len(self._records) >= self._settings.max_runs or saved > self._settings.saved_bytes):
            oldest = idle.pop()
            saved -= oldest.saved_bytes
            self._keeper.parted(oldest)
            del self._records[oldest.id]
        if len(self._records) >= self._settings.max_runs:
            raise ServerFull("The server is full: it remembers as many runs as it can. Please try again later.")

    def _sweep(self) -> None:
        """Look after runs and jobs for as long as there is a server, whatever goes wrong once."""
        while not self._closing.is_set():
            try:
                wait = self._send_idle_away()
            except Exception:
                _LOG.exception("idle runs and jobs could not be looked after")
                wait = float(self._settings.idle_seconds)
            self._closing.wait(max(wait, 0.01))

    def _send_idle_away(self) -> float:
        """Send runs away, and end jobs, that nobody has looked at for a while; returns in how many seconds that is due
        again."""
        idle_seconds = self._settings.idle_seconds
        with self.lock:
            now = time.monotonic()
            wait = min(float(idle_seconds), self._ledger.sweep())
            for record in self._housing.tenants():
                if record.viewers:
                    continue
                left = record.touched + idle_seconds - now
                if left > 0:
                    wait = min(wait, left)
                    continue
                if record.will_play:
                    record.tell("info", "This run was paused, because nobody was looking.")
                self._housing.unload(record)
            return wait
