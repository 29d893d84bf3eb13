"""Take away, on the page of landscapes: what is shown as a page that plays by itself, as arrays, and as pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import streamlit as st

from playground.export import wording
from playground.runs import hub
from playground.ui import landscape_options, studio_files
from playground.ui.workbench import Workbench
from playground.web.components import pictures

PICTURES = {"landscape": "Surface", "contour": "From above", "sharpness": "Sharpness"}
STILL = "A picture (PNG): press the camera at the corner of the surface."


class File(NamedTuple):
    """One button. make: the file's bytes, once somebody wants them."""

    label: str
    ending: str
    help: str
    make: Callable[[], bytes]


def show(bench: Workbench, view: str) -> None:
    """The popover. view: what the page shows, by the name on its button."""
    popover = st.popover("Take away", icon=":material/download:", key="landscape_takeaway")
    with popover, st.container(width=380, key="landscape_sheet"):
        if view == "Race":
            _race(bench)
        elif view == "Compare":
            _comparison(bench)
        else:
            _landscape(bench)


def _landscape(bench: Workbench) -> None:
    options = landscape_options.view_options(bench)
    asked = {name: value for name, value in options.items() if name not in ("height", "log")}
    stem = wording.file_stem(bench.trained or bench.experiment)
    files = {
        "landscape_film": File(
            "Film",
            "-landscape.html",
            "The whole run through its landscape as one HTML file that plays in any browser, without this server.",
            partial(_made, bench, "landscape_film", options),
        ),
        "landscape": File(
            "Arrays",
            "-landscape.npz",
            "The surface as it is now, its axes and the path, as NumPy arrays (npz).",
            partial(_made, bench, "landscape", asked),
        ),
    }
    _buttons(files, stem, bench.run is None)
    pictures(
        bench.run,
        [
            {"view": view, "label": label, "options": {} if view == "sharpness" else options}
            for view, label in PICTURES.items()
        ],
        stem=stem,
        key="landscape_pictures",
    )


def _race(bench: Workbench) -> None:
    race = studio_files.Race.current()
    files = {
        "race_film": File(
            "Film",
            "-race.html",
            "The race as one HTML file with its player, which needs nothing but a browser.",
            race.page,
        ),
        "race_arrays": File(
            "Arrays", "-race.npz", "Every racer's way, its losses and the ground, as NumPy arrays (npz).", race.arrays
        ),
    }
    _buttons(files, race.stem(bench.trained or bench.experiment), not race.begun)
    st.caption(STILL if race.begun else "Press *Race* first.")


def _comparison(bench: Workbench) -> None:
    comparison = studio_files.Comparison.current()
    files = {
        "comparison_page": File(
            "Page",
            "-terrains.html",
            "Both terrains as one HTML file, to be turned and looked at in any browser, without this server.",
            comparison.page,
        ),
        "comparison_arrays": File(
            "Arrays",
            "-terrains.npz",
            "Both surfaces, their axes, the training and the numbers, as NumPy arrays (npz).",
            comparison.arrays,
        ),
    }
    _buttons(files, comparison.stem(bench.experiment), not comparison.begun)
    st.caption(STILL if comparison.begun else "Press *Compare* first.")


def _buttons(files: dict[str, File], stem: str, disabled: bool) -> None:
    """A row of them; what they give is made when it is asked for, on a thread that no page waits for."""
    for column, (key, file) in zip(st.columns(len(files), gap="small"), files.items(), strict=True):
        html = file.ending.endswith(".html")
        with column:
            st.download_button(
                file.label,
                file.make,
                file_name=f"{stem}{file.ending}",
                mime="text/html" if html else "application/octet-stream",
                icon=":material/movie:" if html else ":material/data_array:",
                help=file.help,
                disabled=disabled,
                on_click="ignore",
                width="stretch",
                key=f"take:{key}",
            )


def _made(bench: Workbench, what: str, options: dict[str, Any]) -> bytes:
    return hub().fetch(bench.run, what, options)
