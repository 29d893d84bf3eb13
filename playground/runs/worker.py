"""A worker process: it owns many runs and gives each playing one a short slice in turn.

Commands are handled between slices, so they take effect within one slice. What goes wrong in one run is told to its
viewers and never reaches the others.
"""

import math
import os
import sys
import threading
import time
import traceback
from typing import Any

from playground.runs import messages
from playground.runs.build import build, devices, explain, inherit, read_weights
from playground.runs.controls import BY_HAND, TELEPORT
from playground.runs.desk import Desk, Order
from playground.runs.mailbox import Mailbox
from playground.runs.marker import Marker
from playground.runs.place import Place
from playground.training.engines.fused import ahead

_SLICE_SECONDS = 0.015
_SHORTEST_SLICE = 0.004
_ENGINE_GAP = 0.5  # seconds between two looks whether the fused engine is compiled
_ROUND_SECONDS = 0.12  # all playing runs have had their turn within about this


class Worker:
    """Serves the pipe ``pipe`` until it closes or the process ``web_pid`` ends."""

    def __init__(self, pipe: int, marker: int, web_pid: int) -> None:
        self._mailbox = Mailbox(pipe, web_pid)
        self._send = self._mailbox.send
        self._desk = Desk(self._send)
        self._marker = Marker(marker)
        self._places: dict[str, Place] = {}
        self._frame_rate = 15.0
        if not ahead.is_kept():
            threading.Thread(target=self._await_engine, name="engine", daemon=True).start()

    def serve(self) -> None:
        """Train and answer, for ever: the end comes from the mailbox."""
        self._send("hello", pid=os.getpid())
        while True:
            self._receive(self._idle_seconds())
            busy = self._busy()
            for place in list(self._places.values()):
                if self._places.get(place.seat.run_id) is place:  # no command has taken it away meanwhile
                    self._turn(place, busy)
                    self._receive(0)

    def _await_engine(self) -> None:
        """Once the fused engine is compiled have it in this process, and let the runs know."""
        while not ahead.is_kept():
            time.sleep(_ENGINE_GAP)
        ahead.load()
        self._mailbox.post("engine")

    def _receive(self, seconds: float) -> None:
        """Handle every message there is, waiting up to ``seconds`` (infinity: for ever) for the first."""
        for message in self._mailbox.receive(seconds):
            self._handle(*message)

    def _idle_seconds(self) -> float:
        """How long there is nothing to do but to wait for messages."""
        busy = self._busy()
        first = min((place.next_time(self._frame_rate, busy) for place in self._places.values()), default=math.inf)
        return max(0.0, first - time.monotonic()) if first != math.inf else math.inf

    def _busy(self) -> int:
        """Runs that share the time, at least 1."""
        return max(1, sum(place.seat.hungry for place in self._places.values()))

    def _turn(self, place: Place, busy: int) -> None:
        """One run's turn: steps if they are due, then pictures and a checkpoint if they are."""
        seconds = max(_SHORTEST_SLICE, min(_SLICE_SECONDS, _ROUND_SECONDS / busy))
        self._guarded(place, place.work, seconds, self._frame_rate, busy)
        if place.seat.run_id in self._places:
            self._guarded(place, place.show, self._frame_rate, busy)
        if place.seat.run_id in self._places:
            self._guarded(place, place.save, busy)

    def _guarded(self, place: Place, action, *arguments: Any) -> None:
        """Do something for one run; whatever it raises ends this run only."""
        run_id = place.seat.run_id
        self._marker.write(run_id)
        try:
            action(*arguments)
        except Exception as error:
            self._places.pop(run_id, None)
            self._failed(run_id, place.seat.revision, "The run stopped", error)
        finally:
            self._marker.write("")

    def _failed(self, run_id: str, revision: int, what: str, error: Exception) -> None:
        traceback.print_exception(error)
        sys.stderr.flush()
        self._send("failed", run=run_id, revision=revision, text=f"{what}: {explain(error)}")

    def _handle(self, kind: str, header: dict[str, Any], payload: memoryview) -> None:
        """One message from the hub. Those about a run that is not here (it failed, it moved) mean nothing."""
        if kind == "load":
            self._load(header, payload)
        elif kind == "configure":
            self._frame_rate = header["frame_rate"]
        elif kind == "engine":
            self._choose_engines()
        elif kind == "devices":
            self._send("devices", devices=devices())
        elif kind == "drop":
            self._places.pop(header["run"], None)
        elif (place := self._places.get(header["run"])) is not None:
            if kind in ("load_weights", "landmark"):
                header["data"] = bytes(payload)
            if header.get("at") is not None:
                self._guarded(place, place.seat.catch_up, header["at"])
            self._guarded(place, getattr(self, f"_on_{kind}"), place, header)
        elif "question" in header:
            self._answer(header, ok=False, text="This run has stopped. Reset it, or change the experiment.")

    def _choose_engines(self) -> None:
        """There is a better engine than there was: those that did not ask for a certain one go on with it."""
        for place in list(self._places.values()):
            if place.seat.trainer.engine_asked == "auto":
                self._guarded(place, place.seat.use_engine, "auto")

    def _load(self, header: dict[str, Any], payload: memoryview) -> None:
        """Build a run, or take it up where its checkpoint left it; a new one may go on with another's weights."""
        run_id, revision = header["run"], header["revision"]
        before = self._places.pop(run_id, None)
        self._marker.write(run_id)
        if before is not None and header["farewell"]:
            self._farewell(before)
        try:
            experiment, checkpoint, previous = messages.split_pieces(payload, header["lengths"])
            seat = build(header, experiment, checkpoint)
            if header["inherit"] and not checkpoint:
                inherit(seat.trainer, before.seat.trainer if before else None, previous)
            self._places[run_id] = Place(seat, self._send)
        except Exception as error:
            self._failed(run_id, revision, "This experiment could not be built", error)
        finally:
            self._marker.write("")

    def _farewell(self, place: Place) -> None:
        """What is kept of a run shall have its last steps."""
        try:
            if place.seat.unsaved:
                place.save_now()
        except Exception as error:  # it matters less than what comes
            traceback.print_exception(error)

    def _on_control(self, place: Place, header: dict[str, Any]) -> None:
        place.seat.seq = header["seq"]
        try:
            place.seat.command(header["op"], header["value"])
        except ValueError as refused:
            if header["op"] not in (*BY_HAND, TELEPORT):
                raise
            # The hub let it pass, but the run is another one by now, or remembers no more changes.
            self._send("refused", run=place.seat.run_id, revision=place.seat.revision, text=str(refused))
        if header["op"] not in BY_HAND:
            place.save_soon()

    def _on_update(self, place: Place, header: dict[str, Any]) -> None:
        place.seat.seq = header["seq"]
        place.seat.update(header["patch"])
        place.save_soon()

    def _on_watch(self, place: Place, header: dict[str, Any]) -> None:
        place.watch(header["wishes"])

    def _on_save(self, place: Place, header: dict[str, Any]) -> None:
        place.seat.seq = header["seq"]
        place.save_now()

    def _on_fetch(self, place: Place, header: dict[str, Any]) -> None:
        trainer = place.seat.trainer
        what, options = header["what"], header["options"]
        self._desk.take(
            Order(place.seat.run_id, header["question"], what, options, trainer.dumps(), dict(trainer.landmarks))
        )

    def _on_landmark(self, place: Place, header: dict[str, Any]) -> None:
        try:
            place.seat.trainer.keep_landmark(header["name"], read_weights(header["data"]))
        except ValueError:  # of another network than this one is by now: whoever looks for it is told
            return
        place.seat.generation += 1

    def _on_load_weights(self, place: Place, header: dict[str, Any]) -> None:
        try:
            weights = read_weights(header["data"])
        except Exception as error:  # whatever a stranger's file does, it is no fault of the run's
            self._answer(header, ok=False, text=explain(error))
            return
        try:
            place.seat.load_weights(weights)
        except ValueError as refused:
            self._answer(header, ok=False, text=str(refused))
            return
        place.save_now()  # before the answer: who has heard that it is done will not hear otherwise after a crash
        self._answer(header, ok=True, text="")

    def _answer(self, header: dict[str, Any], **answer: Any) -> None:
        self._send("answer", run=header["run"], question=header["question"], **answer)

    def _on_unload(self, place: Place, header: dict[str, Any]) -> None:
        place.seat.command("pause", None)
        place.save_now(leaving=True)
        self._places.pop(place.seat.run_id, None)
