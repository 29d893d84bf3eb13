"""A person's place in the app: which experiment they are on, which run trains it, and what was wrong with an edit.

Data flows one way: the experiment is drawn as widgets; a widget's callback asks the workbench for a change; the
workbench checks it, gives it to the run, and puts it in the address bar. Per session only the way here is kept, so
that every change can be undone.

What cannot be trained (a stack that does not fit together, a table that is not here) is a draft: it is kept, shown
and put in the address bar, while the run goes on with what it had.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from pydantic import ValidationError

from playground.archive import ArchiveError
from playground.data import class_names, input_shape
from playground.experiment import Experiment, LinkError
from playground.experiment.data import CSV
from playground.experiment.differences import differences, summary
from playground.experiment.painted import repainted
from playground.experiment.presets import preset_of, start
from playground.experiment.problems import explain
from playground.network.shapes import Summary, infer
from playground.runs import ServerFull, hub
from playground.ui.changes import Path, put
from playground.ui.history import History
from playground.ui.person import person

_KEY = "workbench"
TABLE: Path = ("data", "table")
"""Where the error of a table is told that is not here."""


class Workbench:
    """One browser tab's experiment and run. `current()` finds it again in every script run.

    experiment: what is shown and edited; trained: what the run trains, None without a run; run: its id, None where
    there is nothing to train yet or no room for it; notice: what to tell at the top of the page; selected: the path
    of the layer whose settings are open, or ("head",); errors: what is wrong, by the path of the field.
    """

    def __init__(
        self, experiment: Experiment, run: str | None = None, trained: Experiment | None = None, notice: str = ""
    ) -> None:
        self.experiment = experiment
        self.run = run
        self.trained = trained
        self.notice = notice
        self.full = ""
        """Why there is no run, where the server has no room for one, or cannot have it back now."""
        self.person: str | None = None
        """For whom the runs that are started here are kept; None: for nobody."""
        self.device: str | None = None
        """Where the person wants to train, None while they have not said."""
        self.table: CSV | None = None
        """The table of their own that they trained on last, to come back to."""
        self.selected: Path | None = None
        self.errors: dict[Path, str] = {}
        self.carried: dict[str, str] = {}
        """What else a page keeps in the address, by name: a grid, a study. Checked by whoever reads it."""
        self._keeps: tuple[str, ...] = ()
        # A preset that is opened comes with its note; a newcomer, who finds one, first looks around.
        self.history = History(experiment, None if experiment == start() else preset_of(experiment))
        """How the experiment came to be what it is, as far as this session knows."""
        self._lesson_closed: int | None = None
        self._told: set[Path] = set()

    @classmethod
    def current(cls, keeps: Sequence[str] = ()) -> Workbench:
        """The workbench of this session; made from the address bar when the session is new.

        keeps: names of what this page keeps in the address besides, see `carried`.

        A run named there that the server still has is joined, and its experiment is the one that counts. Otherwise
        the experiment in the link (or the one a newcomer finds) gets a run of its own.
        """
        bench = st.session_state.get(_KEY)
        if bench is None:
            bench = st.session_state[_KEY] = cls.at_address(st.query_params.get("x"), st.query_params.get("run"))
            bench.person = person()
            bench.carried = {name: st.query_params[name] for name in keeps if name in st.query_params}
        bench.follow_run()
        bench._told = set()
        bench._keeps = tuple(keeps)
        bench._write_address()
        return bench

    def carry(self, name: str, text: str | None) -> None:
        """Keep something of the present page's in the address from now on, or (None) no longer."""
        self.carried.pop(name, None)
        if text is not None:
            self.carried[name] = text
        self._write_address()

    def _write_address(self) -> None:
        wanted = {"x": self.experiment.to_link(), **({"run": self.run} if self.run else {})}
        wanted |= {name: text for name, text in self.carried.items() if name in self._keeps}
        if st.query_params.to_dict() != wanted:
            st.query_params.from_dict(wanted)

    @classmethod
    def at_address(cls, link: str | None, run: str | None) -> Workbench:
        """The workbench that an address asks for; both parts may be missing, out of date or damaged."""
        experiment, problem = _opened(link) if link else (None, "")
        try:
            info = hub().get(run, sure=True) if run else None
        except (ArchiveError, ServerFull):  # the next look at the run tells
            return cls(experiment or start(), run, notice=problem)
        if info is not None:
            # A draft was never trained: the run cannot know it, so it is taken from the link.
            draft = experiment is not None and _standing(experiment)[1] is not None
            return cls(experiment if draft else info.experiment, run, info.experiment)
        return cls(experiment or start(), notice=problem)

    def follow_run(self) -> None:
        """Take over what another browser did to the run, and start a run where there is none (any more)."""
        try:
            info = hub().get(self.run, sure=True) if self.run else None
        except (ArchiveError, ServerFull) as problem:  # what was trained is not given up for that
            self.full = str(problem)
            return
        self.full = ""
        if info is None:
            self._start_run()
        elif self.trained is None:  # it is back, and what it trains counts, as at any address
            if self.fits and info.experiment != self.experiment:
                self._become(info.experiment, "The run of this address")
            self.trained = info.experiment
        elif info.experiment != self.trained:
            if self.in_step:
                self._become(info.experiment, f"Somebody else: {_changes(self.experiment, info.experiment)}")
                self.errors = {}
            else:
                self.notice = "Somebody else changed this run. Your draft is kept, and takes its place when it fits."
            self.trained = info.experiment

    def _start_run(self) -> None:
        """The server forgot the run (it restarted, or nobody looked for very long), or there has been none yet."""
        self.run, self.full = None, ""
        trained = self.experiment if self.fits else self.trained
        if trained is None or _standing(trained)[1] is not None:
            return
        try:
            self.run = hub().create(trained, device=self.device or "auto", person=self.person)
            self.trained = trained
        except ServerFull as full:
            self.full = str(full)

    def join(self, run_id: str, told: str = "Another run") -> bool:
        """Go on with another run of this server; told: what that is called in the history. Whether there is such a run.

        Going back to the experiment before is one step in the history, as after any other change.
        """
        info = hub().get(run_id)
        if info is None:
            return False
        self.run, self.trained, self.full = run_id, info.experiment, ""
        self.selected, self.errors, self.notice = None, {}, ""
        if info.experiment != self.experiment:
            self._become(info.experiment, told)
        return True

    @property
    def in_step(self) -> bool:
        """Whether what is trained is what is shown: not while it is a draft."""
        return self.experiment == self.trained

    @property
    def fits(self) -> bool:
        """Whether the experiment can be trained."""
        return _standing(self.experiment)[1] is None

    @property
    def summary(self) -> Summary | None:
        """Shapes, parameter counts and problems of the network as it stands; None where its data cannot be read."""
        return _standing(self.experiment)[0]

    @property
    def data_problem(self) -> tuple[Path, str] | None:
        """The field of the data because of which it cannot be read, and why; None where it can."""
        summary, problem = _standing(self.experiment)
        return problem if summary is None else None

    def change(
        self, make: Callable[[Experiment], Experiment], at: Path = (), told: str = "", preset: str | None = None
    ) -> bool:
        """Make an edit; whether it was accepted. A refused one leaves everything as it is, and its reason in `errors`:
        at the field `at`, or at the field that it made wrong elsewhere.

        told: what the edit is called in the history, where the differences do not say it best; preset: the kind of
        preset that it takes.
        """
        self.errors = {}
        try:
            experiment = make(self.experiment)
        except ValidationError as error:
            self._refuse(error, at)
            return False
        except (ValueError, IndexError) as error:
            self.errors[at] = sentence(str(error))
            return False
        summary, problem = _standing(experiment)
        if summary is None and experiment.data != self.experiment.data:
            self.errors = dict([problem])
            return False
        self._become(experiment, told or _changes(self.experiment, experiment), preset)
        self.notice = ""
        if problem is None:
            self._train(experiment)
        return True

    def travel(self, serial: int) -> None:
        """Undo or redo: go to a step of the history. What is no longer there is left alone."""
        step = self.history.go(serial)
        if step is None:
            return
        self.experiment, self.errors, self.notice = step.experiment, {}, ""
        # Its table may have left the store since: then it is a draft, as it would be when opened from a link.
        if self.fits:
            self._train(self.experiment)

    def _become(self, experiment: Experiment, told: str, preset: str | None = None) -> None:
        """Every change of the experiment but undoing and redoing comes through here."""
        self.experiment = experiment
        self.history.record(experiment, told, preset)

    def set(self, at: Path, value: object) -> bool:
        """Set the field at `at` (names and indices from the experiment down) to `value`; whether it was accepted."""
        return self.change(lambda experiment: put(experiment, at, value), at)

    def use_device(self, device: str) -> None:
        """Train on another device ("auto", "cpu", "cuda:0"), from the start."""
        self.device = device
        if self.run and self.trained:
            self._train(self.trained)

    def take_theirs(self) -> None:
        """Give up the draft for what the run trains."""
        if self.trained is not None:
            self._become(self.trained, "Back to the one that trains")
            self.selected, self.errors, self.notice = None, {}, ""

    @property
    def lesson(self) -> str | None:
        """The kind of preset whose note is shown: the last one taken, unless its note was closed."""
        step = self.history.preset
        return step.preset if step and step.serial != self._lesson_closed else None

    def close_lesson(self) -> None:
        """Show the present preset's note no more."""
        step = self.history.preset
        self._lesson_closed = step.serial if step else None

    def error(self, at: Path) -> str:
        """What is wrong with the field at `at`, or nothing; whoever asks shows it."""
        self._told.add(at)
        if at in self.errors or at[:1] != TABLE[:1]:
            return self.errors.get(at, "")
        where, message = self.data_problem or ((), "")
        return message if at == where else ""

    def untold(self) -> list[str]:
        """The errors whose field was not on the page in this script run."""
        return [message for at, message in self.errors.items() if at not in self._told]

    def _refuse(self, error: ValidationError, at: Path) -> None:
        for problem in explain(error)[:3]:
            # Only the errors of a whole experiment carry whole paths. In what was edited itself the person looks at
            # `at`; anywhere else the error belongs where it points to.
            elsewhere = error.title == Experiment.__name__ and problem.path[:1] not in (at[:1], ())
            where = problem.path if elsewhere else at
            told = sentence(problem.message, keep=_symbol(problem.message))
            self.errors[where] = f"{self.errors[where]} {told}" if where in self.errors else told

    def _train(self, experiment: Experiment) -> None:
        if self.run is None:
            return  # the next look at the run starts it
        # Points are painted, and taken back, while the network goes on learning from where it is.
        keep_weights = self.trained is not None and repainted(self.trained, experiment)
        try:
            hub().replace(self.run, experiment, device=self.device, keep_weights=keep_weights)
        except KeyError:
            self.run = None
        except ServerFull as full:
            # The run has the experiment, but no place to train: it gets one as soon as one is free.
            self.notice = str(full)
        self.trained = experiment


def _changes(old: Experiment, new: Experiment) -> str:
    return summary(differences(old, new))


def sentence(text: str, *, keep: bool = False) -> str:
    """`text` with a full stop and, unless it shall be kept as it is, a capital first letter."""
    text = text.strip()
    return (text if keep else text[:1].upper() + text[1:]) + ("" if text.endswith((".", "!", "?")) else ".")


def _symbol(message: str) -> bool:
    """Whether a message begins with the name of a parameter that is no word: p, a, sin_x1."""
    first = message.split(" ")[0]
    return len(first) == 1 or not first.isalpha()


def _opened(link: str) -> tuple[Experiment | None, str]:
    """The experiment of a link, or why it could not be opened."""
    try:
        return Experiment.from_link(link), ""
    except LinkError as error:
        reason = sentence(str(error))
    except ValidationError as error:
        reason = " ".join(sentence(str(problem), keep=_symbol(str(problem))) for problem in explain(error)[:3])
    return None, f"The link could not be opened. {reason} This is the experiment to start from instead."


def _standing(experiment: Experiment) -> tuple[Summary | None, tuple[Path, str] | None]:
    """The network's shapes (None where the data cannot be read), and where and why it cannot be trained (or None)."""
    try:
        shape, classes = input_shape(experiment.data), len(class_names(experiment.data))
    except ValueError as error:  # a TableError, as a rule
        return None, (("data", getattr(error, "field", "table")), str(error))
    summary = infer(experiment, shape, classes)
    return summary, (("network",), summary.problems[0][1]) if summary.problems else None
