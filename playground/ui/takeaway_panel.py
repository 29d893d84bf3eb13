"""Take away: files and pictures of the experiment and its run, and what of them can be brought back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import streamlit as st

from playground.experiment import Experiment
from playground.export import FileError, experiment_file, weights, wording
from playground.runs import hub
from playground.settings import MEGABYTE
from playground.ui import stage
from playground.ui.plain import plain
from playground.ui.workbench import Workbench
from playground.web.components import pictures

UPLOAD, TOLD, OTHER = "brought_back", "brought_back_told", "brought_back_other"
EXPERIMENT, WEIGHTS = ".json", ".safetensors"
GONE = "The run is gone: reload the page, and it begins anew."
LATE = "The run did not answer in time. Try again in a moment."


@dataclass(frozen=True)
class File:
    """A file of the run, made in its worker. what: its name in `playground.export.TAKEAWAYS`."""

    what: Literal["history", "weights", "animation"]
    label: str
    ending: str
    mime: str
    icon: str
    help: str


FILES = (
    File(
        "history",
        "History",
        "-history.csv",
        "text/csv",
        ":material/show_chart:",
        "Loss, accuracy (or R²) and learning rate at every recorded step, as a table (CSV).",
    ),
    File(
        "weights",
        "Weights",
        "-weights.safetensors",
        "application/octet-stream",
        ":material/grain:",
        "All weights and biases as they are now (safetensors); bring them back below, or open them in PyTorch.",
    ),
    File(
        "animation",
        "Film",
        "-film.html",
        "text/html",
        ":material/movie:",
        "The boundary over the whole run as one HTML file that plays in any browser, without this server.",
    ),
)
PICTURES = {"boundary": "Boundary", "curves": "Curves", "network": "Network"}


def show(bench: Workbench) -> None:
    """The popover: what can be taken away, and where it is brought back."""
    popover = st.popover("Take away", icon=":material/download:", width="stretch", key="takeaway")
    with popover, st.container(width=380, key="takeaway_sheet"):
        _files(bench)
        options = stage.view_options(bench)
        stem = wording.file_stem(bench.trained or bench.experiment)
        pictures(
            bench.run,
            [{"view": view, "label": label, "options": options[view]} for view, label in PICTURES.items()],
            stem=stem,
            key="pictures",
        )
        _back(bench)


def _files(bench: Workbench) -> None:
    """Made only when they are asked for, on a thread that no page waits for."""
    columns = st.columns(2, gap="small")
    with columns[0]:
        st.download_button(
            "Experiment",
            partial(experiment_file.write, bench.experiment),
            file_name=f"{wording.file_stem(bench.experiment)}{EXPERIMENT}",
            mime="application/json",
            icon=":material/data_object:",
            help="The whole description as JSON that you can read; bring it back below, here or on another server.",
            on_click="ignore",
            width="stretch",
            key="take:experiment",
        )
    stem = wording.file_stem(bench.trained or bench.experiment)
    for index, file in enumerate(FILES, start=1):
        with columns[index % 2]:
            st.download_button(
                file.label,
                fetching(bench, file.what),
                file_name=f"{stem}{file.ending}",
                mime=file.mime,
                icon=file.icon,
                help=file.help,
                disabled=bench.run is None,
                on_click="ignore",
                width="stretch",
                key=f"take:{file.what}",
            )


def fetching(bench: Workbench, what: str) -> Callable[[], bytes]:
    """What makes a file of the present run when it is called."""
    options: dict[str, Any] = {}
    if what == "animation":
        options = {name: value for name, value in stage.view_options(bench)["boundary"].items() if name != "mark"}
    return partial(hub().fetch, bench.run, what, options)


def _back(bench: Workbench) -> None:
    # A new key empties the uploader once a file has been taken in: the same file can then be brought again.
    key = f"{UPLOAD}:{st.session_state.get(UPLOAD, 0)}"
    st.file_uploader(
        f"Bring back an experiment ({EXPERIMENT}) or weights ({WEIGHTS})",
        key=key,
        max_upload_size=max(1, -(-weights.most_bytes() // MEGABYTE)),
        on_change=_brought,
        args=(bench, key),
        help="A file that was taken away here: an experiment replaces this one, weights go into the network as it is.",
    )
    good, text, about = st.session_state.get(TOLD) or (True, "", None)
    if about != bench.experiment:
        return  # what was said is about an experiment that is no longer here
    (st.success if good else st.error)(plain(text))
    other = st.session_state.get(OTHER)
    if other:
        st.button(
            "Open the experiment they belong to",
            icon=":material/open_in_new:",
            key="brought_back_open",
            on_click=_open_other,
            args=(bench, *other),
            help="Replaces this experiment by the one that the weights were taken from, and puts them in.",
        )


def _brought(bench: Workbench, key: str) -> None:
    upload = st.session_state[key]
    if upload is None:
        return
    st.session_state[UPLOAD] = st.session_state.get(UPLOAD, 0) + 1
    st.session_state[OTHER] = None
    data = upload.getvalue()
    good, text = take(bench, data, upload.name)
    st.session_state[TOLD] = good, text, bench.experiment
    if not good and (owner := owner_of(data)) not in (None, bench.experiment):
        st.session_state[OTHER] = owner, data


def _open_other(bench: Workbench, experiment: Experiment, data: bytes) -> None:
    st.session_state[OTHER] = None
    good, text = _become(bench, experiment)
    if good:
        good, text = take_weights(bench, data)
    st.session_state[TOLD] = good, text, bench.experiment


def take(bench: Workbench, data: bytes, name: str) -> tuple[bool, str]:
    """Take in a file of either kind, by what is in it; whether it could be taken, and what to say."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and data[4:8] != bytes(4):
        return take_experiment(bench, data)
    # What is neither is told as what it is called: the person took it for that.
    return (take_experiment if name.lower().endswith(EXPERIMENT) else take_weights)(bench, data)


def take_experiment(bench: Workbench, data: bytes) -> tuple[bool, str]:
    """Go on with the experiment in a file; whether it could be taken, and what to say."""
    try:
        return _become(bench, experiment_file.read(data))
    except FileError as error:
        return False, str(error)


def _become(bench: Workbench, experiment: Experiment) -> tuple[bool, str]:
    name = wording.title(experiment)
    bench.selected = None
    if bench.change(lambda _: experiment, told=f"Opened {name}"):
        return True, f"Opened {name}."
    told, bench.errors = " ".join(bench.errors.values()), {}
    return False, f"This experiment cannot be opened here. {told}"


def take_weights(bench: Workbench, data: bytes) -> tuple[bool, str]:
    """Put the weights in a file into the run's network; whether they fit, and what to say."""
    bench.follow_run()
    if bench.run is None:
        return False, bench.full or "There is no run to put weights into."
    try:
        hub().load_weights(bench.run, data)
    except KeyError:
        return False, GONE
    except TimeoutError:
        return False, LATE
    except ValueError as error:
        return False, str(error)
    return True, "The weights are in. Press play to train on from them."


def owner_of(data: bytes) -> Experiment | None:
    """The experiment that a file of weights says it belongs to; None where it does not say so in words we can read."""
    try:
        link = weights.experiment_link(data)
        return Experiment.from_link(link) if link else None
    except ValueError:  # FileError, LinkError and pydantic's are all ValueErrors
        return None
