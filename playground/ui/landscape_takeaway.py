"""Take away, on the page of landscapes: the film of the run through its landscape, the arrays, and pictures."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from playground.export import wording
from playground.runs import hub
from playground.ui import landscape_options
from playground.ui.workbench import Workbench
from playground.web.components import pictures

PICTURES = {"landscape": "Surface", "contour": "From above", "sharpness": "Sharpness"}
FILES = (
    (
        "landscape_film",
        "Film",
        "-landscape.html",
        "text/html",
        ":material/movie:",
        "The whole run through its landscape as one HTML file that plays in any browser, without this server.",
    ),
    (
        "landscape",
        "Arrays",
        "-landscape.npz",
        "application/octet-stream",
        ":material/data_array:",
        "The surface as it is now, its axes and the path, as NumPy arrays (npz).",
    ),
)


def show(bench: Workbench) -> None:
    """The popover."""
    popover = st.popover("Take away", icon=":material/download:", key="landscape_takeaway")
    with popover, st.container(width=380, key="landscape_sheet"):
        options = landscape_options.view_options(bench)
        asked = {name: value for name, value in options.items() if name not in ("height", "log")}
        stem = wording.file_stem(bench.trained or bench.experiment)
        for column, (what, label, ending, mime, icon, about) in zip(st.columns(2, gap="small"), FILES, strict=True):
            with column:
                st.download_button(
                    label,
                    partial(_made, bench, what, options if what == "landscape_film" else asked),
                    file_name=f"{stem}{ending}",
                    mime=mime,
                    icon=icon,
                    help=about,
                    disabled=bench.run is None,
                    on_click="ignore",
                    width="stretch",
                    key=f"take:{what}",
                )
        pictures(
            bench.run,
            [
                {"view": view, "label": label, "options": {} if view == "sharpness" else options}
                for view, label in PICTURES.items()
            ],
            stem=stem,
            key="landscape_pictures",
        )


def _made(bench: Workbench, what: str, options: dict[str, Any]) -> bytes:
    return hub().fetch(bench.run, what, options)
