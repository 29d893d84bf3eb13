"""A person's place in the app: which experiment they are on, which run trains it, and what was wrong with an edit.

Data flows one way: the experiment is drawn as widgets; a widget's callback asks the workbench for a change; the
workbench checks it, gives it to the run, and puts it in the address bar. Nothing else is kept per session.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from pydantic import ValidationError

from playground.data import class_names, input_names
from playground.data.errors import TableError
from playground.experiment import Experiment, LinkError
from playground.experiment.presets import start
from playground.experiment.problems import explain
from playground.network.shapes import Summary, infer
from playground.runs import hub

Path = tuple[str | int, ...]
_KEY = "workbench"


class Workbench:
    """One browser tab's experiment and run. `current()` finds it again in every script run."""

    def __init__(self, experiment: Experiment, run: str, notice: str = "") -> None:
        self.experiment = experiment
        self.run = run
        self.notice = notice
        self.selected: Path | None = None
        self.errors: dict[Path, str] = {}
        self._adopted = experiment

    @classmethod
    def current(cls) -> Workbench:
        """The workbench of this session; made from the address bar when the session is new.

        A run named there that the server still has is joined, and its experiment is the one that counts. Otherwise
        the experiment in the link (or the one a newcomer finds) gets a run of its own.
        """
        bench = st.session_state.get(_KEY)
        if bench is None:
            bench = st.session_state[_KEY] = cls._from_address()
        bench._follow_run()
        bench._write_address()
        return bench

    @classmethod
    def _from_address(cls) -> Workbench:
        run, link, notice = st.query_params.get("run"), st.query_params.get("x"), ""
        info = hub().get(run) if run else None
        if info is not None:
            return cls(info.experiment, run)
        experiment = start()
        if link:
            try:
                experiment = Experiment.from_link(link)
                _sizes(experiment)
            except (LinkError, TableError) as error:
                notice = f"The link could not be opened: {error}."
                experiment = start()
            except ValidationError as error:
                notice = "The link could not be opened: " + "; ".join(str(p) for p in explain(error)[:3])
        return cls(experiment, hub().create(experiment), notice)

    def _follow_run(self) -> None:
        info = hub().get(self.run)
        if info is None:
            # The server forgot the run (it restarted, or nobody looked for very long): start it anew.
            self.run = hub().create(self._adopted)
        elif info.experiment != self._adopted:
            # Another browser on this run changed it.
            self.experiment = self._adopted = info.experiment

    def _write_address(self) -> None:
        wanted = {"x": self._adopted.to_link(), "run": self.run}
        if st.query_params.to_dict() != wanted:
            st.query_params.from_dict(wanted)

    @property
    def in_step(self) -> bool:
        """Whether what is trained is what is shown: not while the stack does not fit together."""
        return self.experiment == self._adopted

    @property
    def summary(self) -> Summary:
        """Shapes, parameter counts and problems of the network as it stands."""
        inputs, classes = _sizes(self.experiment)
        return infer(self.experiment, inputs, classes)

    def change(self, make: Callable[[Experiment], Experiment], at: Path = ()) -> None:
        """Make an edit. One that is refused leaves everything as it is and its reason at the field `at`."""
        self.errors = {}
        try:
            experiment = make(self.experiment)
            inputs, classes = _sizes(experiment)
        except ValidationError as error:
            self.errors[at] = "; ".join(problem.message for problem in explain(error)[:3])
            return
        except (ValueError, IndexError) as error:
            self.errors[at] = str(error)
            return
        self.experiment = experiment
        # A stack that does not fit together yet is kept for editing, but only one that does is trained.
        if not infer(experiment, inputs, classes).problems:
            try:
                hub().replace(self.run, experiment)
                self._adopted = experiment
            except KeyError:
                self._adopted = experiment
                self.run = hub().create(experiment)

    def set(self, at: Path, value: object) -> None:
        """Set the field at `at` (names and indices from the experiment down) to `value`."""
        self.change(
            lambda experiment: experiment.replace(**{str(at[0]): _put(getattr(experiment, at[0]), at[1:], value)}), at
        )


def _put(node: object, path: Path, value: object) -> object:
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(node, tuple):
        return (*node[:head], _put(node[head], rest, value), *node[head + 1 :])
    changed = {**dict(node), head: _put(getattr(node, head), rest, value)}
    return type(node).model_validate(changed)


def _sizes(experiment: Experiment) -> tuple[int, int]:
    return len(input_names(experiment.data)), len(class_names(experiment.data))
