"""The experiment as a PyTorch script and notebook, kept up to date with every edit."""

from __future__ import annotations

from functools import partial

import streamlit as st

from playground.experiment import Experiment
from playground.export import notebook, script, wording
from playground.export.code.data import file_beside, file_name, has_file_beside
from playground.ui.plain import plain
from playground.ui.workbench import Workbench


def show(bench: Workbench) -> None:
    """The script, and the files to take it away in."""
    experiment = bench.experiment if bench.fits else bench.trained
    if experiment is None:
        st.info("There is no code yet: it appears as soon as the network fits together.")
        return
    try:
        text = script(experiment)
    except ValueError as error:  # the last one that was trained had a table that is gone by now
        st.info(f"There is no code now. {plain(str(error))}")
        return
    with st.container(key="code_view", gap="small"):
        _files(experiment)
        if not bench.fits:
            st.caption("This experiment cannot be trained yet. Below is the last one that could.")
        st.code(text, language="python", height="stretch")


def _files(experiment: Experiment) -> None:
    """A row of files. They are made when they are asked for, on a thread that no page waits for."""
    stem = wording.file_stem(experiment)
    with st.container(horizontal=True, vertical_alignment="center", key="code_files"):
        st.caption("In PyTorch: the same data, start and losses.", width="stretch")
        st.download_button(
            "Script",
            partial(script, experiment),
            file_name=f"{stem}.py",
            mime="text/x-python",
            icon=":material/download:",
            help="A Python file that needs numpy and torch, and nothing of this server.",
            on_click="ignore",
            key="code:script",
        )
        st.download_button(
            "Notebook",
            partial(notebook, experiment),
            file_name=f"{stem}.ipynb",
            mime="application/x-ipynb+json",
            icon=":material/download:",
            help="The same in cells with a few words before each, for Jupyter or Colab.",
            on_click="ignore",
            key="code:notebook",
        )
        if has_file_beside(experiment.data):
            st.download_button(
                "Images" if experiment.data.family == "image" else "Table",
                partial(file_beside, experiment.data),
                file_name=file_name(experiment.data),
                mime="application/octet-stream",
                icon=":material/download:",
                help="What the script reads, too large to stand in it: keep the file beside the script.",
                on_click="ignore",
                key="code:table",
            )
