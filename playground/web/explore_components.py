"""The live components of the page of hyperparameters; see `playground.web.components` for how they are made."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground.web.components import component
from playground.web.events import forwarded


def grid_view(
    job: str | None,
    *,
    axes: Sequence[Mapping[str, Any]],
    problems: Mapping[str, str],
    measures: Mapping[str, str],
    target: Mapping[str, Any],
    unlike: bool,
    epochs: int,
    fast: bool,
    height: str,
    key: str,
    label: str,
    on_open: Callable[[dict[str, Any]], None] | None = None,
    on_act: Callable[[dict[str, Any]], None] | None = None,
    on_gone: Callable[[str], None] | None = None,
) -> None:
    """Many networks that train side by side: their pictures in one mosaic, a heat map, and one of them in detail.

    ``job`` is the studio's that trains them, None before there is one. ``axes`` are ``{"label", "values" (texts),
    "seed" (whether it is mere luck), "ordered" (whether they are numbers)}``, the first one running fastest;
    ``problems`` say by number of a cell why it cannot be trained; ``measures`` are names and labels of what can be
    looked at, ``target`` is ``{"measure", "value"}``; ``unlike``: whether losses of cells are of different
    kinds. ``height`` is a CSS length.

    Called before the page runs again: ``on_open`` with ``{"index": 12}`` where a cell is pressed; ``on_act`` with
    ``{"op": "pause"}``, "resume", "stop", or "fast" with ``on``; ``on_gone`` as `race_view` has it.
    """
    data = {
        "job": job, "axes": [dict(axis) for axis in axes], "problems": dict(problems), "measures": dict(measures),
        "target": dict(target), "unlike": unlike, "epochs": epochs, "fast": fast, "height": height, "label": label,
    }  # fmt: skip
    component("grid")(
        key=key,
        data=data,
        on_open_change=forwarded(key, "open", on_open),
        on_act_change=forwarded(key, "act", on_act),
        on_gone_change=forwarded(key, "gone", on_gone, str),
    )


def range_view(
    job: str | None,
    *,
    now: float | None,
    height: str,
    key: str,
    label: str,
    on_use: Callable[[dict[str, Any]], None] | None = None,
    on_cancel: Callable[[str], None] | None = None,
    on_gone: Callable[[str], None] | None = None,
) -> None:
    """A learning-rate range test, with what it suggests; a press in it, or the slider below, chooses another rate.

    ``job`` is the studio's that makes the test, None before there is one; ``now`` is the rate that is in use.
    ``height`` is a CSS length. ``on_use`` gets ``{"rate": 0.03}`` when a person wants to train with that, before the
    page runs again; ``on_cancel`` and ``on_gone`` as `race_view` has them.
    """
    component("range")(
        key=key,
        data={"job": job, "now": now, "height": height, "label": label},
        on_use_change=forwarded(key, "use", on_use),
        on_cancel_change=forwarded(key, "cancel", on_cancel, str),
        on_gone_change=forwarded(key, "gone", on_gone, str),
    )


def search_view(
    job: str | None,
    study: str,
    *,
    look: Mapping[str, Any],
    figures: Sequence[Mapping[str, str]],
    objectives: Sequence[str],
    params: Sequence[Mapping[str, str]],
    shown: int | None,
    height: str,
    key: str,
    label: str,
    on_look: Callable[[dict[str, Any]], None] | None = None,
    on_act: Callable[[dict[str, Any]], None] | None = None,
    on_open: Callable[[dict[str, Any]], None] | None = None,
    on_best: Callable[[dict[str, Any]], None] | None = None,
    on_gone: Callable[[str], None] | None = None,
) -> None:
    """A search for hyperparameters: how it stands, Optuna's figures of it, and a table of its trials.

    ``job`` is the studio's that follows the study, None before there is one. ``figures`` are what can be looked at
    (name, label, help), ``look`` is what is (see `playground.runs.studying.Look`), ``params`` what is varied (at,
    label). ``shown`` is the trial whose run is looked at beside it. ``height`` is a CSS length.

    Called before the page runs again: ``on_look`` with another look; ``on_act`` with ``{"op": "pause"}``, "resume" or
    "stop"; ``on_open`` with ``{"trial": 12}`` where one is pressed; ``on_best`` likewise, once another trial is the
    best; ``on_gone`` as `race_view` has it.
    """
    data = {
        "job": job, "study": study, "look": dict(look), "figures": [dict(figure) for figure in figures],
        "objectives": list(objectives), "params": [dict(param) for param in params], "shown": shown, "height": height,
        "label": label,
    }  # fmt: skip
    component("search")(
        key=key,
        data=data,
        on_look_change=forwarded(key, "look", on_look),
        on_act_change=forwarded(key, "act", on_act),
        on_open_change=forwarded(key, "open", on_open),
        on_best_change=forwarded(key, "best", on_best),
        on_gone_change=forwarded(key, "gone", on_gone, str),
    )


def runs_view(
    *,
    runs: Sequence[Mapping[str, Any]],
    pinned: Sequence[str],
    curves: Mapping[str, Any],
    contrast: Sequence[Mapping[str, Any]],
    comparable: bool,
    colours: Sequence[str],
    job: str | None,
    height: str,
    key: str,
    deleted: Mapping[str, str] | None = None,
    restorable: Sequence[Mapping[str, Any]] = (),
    note: str = "",
    done: Mapping[str, Any] | None = None,
    on_act: Callable[[dict[str, Any]], None] | None = None,
    on_gone: Callable[[str], None] | None = None,
) -> None:
    """A person's runs: the list of all, and those that are ``pinned`` side by side, as many as there are ``colours``.

    ``runs`` and ``curves`` (by id) as `playground.ui.runs_rows` gives them; ``contrast`` are the rows in which the
    pinned ones differ, ``{"label", "values"}``; ``comparable``: whether a lower loss of theirs is a better one; ``job``
    is the studio's that draws their pictures; ``deleted``, ``{"id", "name"}``, was deleted last, and can be had back
    like all ``restorable`` ones, which are rows as of ``runs``; ``note`` is a sentence above the curves. ``height`` is
    a CSS length.

    ``on_act`` gets, before the page runs again, ``{"visit": "...", "events": [...]}``: what was done since ``done``,
    which is the visit and the ``serial`` of the last event that was taken. An event is ``{"serial": 3, "op": "pin",
    "ids": [...]}`` with all that are wanted, or of "star" (``id``, ``on``), "rename" (``id``, ``name``), "demo",
    "delete", "restore" (``id``), "continue", "fork" or "open" (``id``, and ``pinned`` as they are). ``on_gone`` as
    `race_view` has it.
    """
    data = {
        "runs": [dict(run) for run in runs], "pinned": list(pinned), "curves": dict(curves), "job": job, "note": note,
        "contrast": [dict(row) for row in contrast], "comparable": comparable, "colours": list(colours),
        "height": height, "deleted": deleted and dict(deleted), "done": done and dict(done),
        "restorable": [dict(run) for run in restorable],
    }  # fmt: skip
    component("runs")(
        key=key,
        data=data,
        on_act_change=forwarded(key, "act", on_act),
        on_gone_change=forwarded(key, "gone", on_gone, str),
    )
