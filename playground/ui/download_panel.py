"""Data that have to be brought to the server first: what they are, a button, and how far the download is."""

from __future__ import annotations

import streamlit as st

from playground.data.download import folder_of
from playground.data.downloadable import COLLECTIONS
from playground.data.fetching import Standing, fetcher
from playground.experiment import edits
from playground.experiment.registry import REGISTRIES
from playground.settings import MEGABYTE
from playground.ui.forms import show_error
from playground.ui.plain import plain
from playground.ui.workbench import Workbench

WANTED = "download_wanted"
"""The kind of data that a person picked before it was here, and the kind that the experiment was on."""
AT = ("data", "kind")
LOOKS = 0.5
"""Seconds between two looks at a download that runs."""


def here(kind: str) -> bool:
    """Whether `kind` can be trained on without a download."""
    return kind not in COLLECTIONS or fetcher.standing(kind).state == "here"


def offer(bench: Workbench, kind: str) -> bool:
    """Whether `kind` has to be downloaded; then the tab offers that. Whatever else is picked takes the offer back."""
    st.session_state.pop(WANTED, None)
    if here(kind):
        return False
    st.session_state[WANTED] = kind, bench.experiment.data.kind
    return True


def show(bench: Workbench) -> None:
    """The card of the data that were picked, or that the experiment of a link needs; nothing where all is here."""
    own = bench.experiment.data.kind
    kind, instead_of = st.session_state.get(WANTED, (own, own))
    if kind not in COLLECTIONS or instead_of != own:
        return
    if fetcher.standing(kind).state == "here":
        _arrived(bench, kind)
        return
    with st.container(border=True, key="download"):
        collection = COLLECTIONS[kind]
        st.markdown(f"**{collection.title}** is not on this server yet ({collection.size / MEGABYTE:.0f} MB).")
        if fetcher.standing(kind).state in ("waiting", "running"):
            _progress(kind)
        else:
            _start(kind, fetcher.standing(kind))
        if kind == own:
            show_error(bench, AT)


def _start(kind: str, standing: Standing) -> None:
    st.button(
        "Try again" if standing.state == "failed" else "Download",
        icon=":material/download:",
        key="download_start",
        on_click=lambda: fetcher.ask(kind),
        help="Brings the files to this server, once and for everybody. You can go on working meanwhile.",
    )
    if standing.state == "failed":
        st.error(plain(standing.message))
        return
    files = ", ".join(file.name for file in COLLECTIONS[kind].files)
    st.caption(plain(f"Without the internet: put {files} into {folder_of(COLLECTIONS[kind])}."))


@st.fragment(run_every=LOOKS)
def _progress(kind: str) -> None:
    """Looked at by itself; the page runs again when it is over."""
    standing = fetcher.standing(kind)
    if standing.state not in ("waiting", "running"):
        st.rerun()
    done, total = standing.done / MEGABYTE, standing.total / MEGABYTE
    said = "Waits for another download" if standing.state == "waiting" else f"{done:.1f} of {total:.1f} MB"
    st.progress(min(1.0, standing.share), text=said)
    st.button(
        "Stop",
        icon=":material/close:",
        key="download_stop",
        on_click=lambda: fetcher.cancel(kind),
        help="Ends the download, for everybody who waits for it.",
    )


def _arrived(bench: Workbench, kind: str) -> None:
    """Put the experiment on what was waited for."""
    if st.session_state.pop(WANTED, None) is not None:
        data = REGISTRIES["data"][kind](kind=kind)
        bench.change(lambda experiment: edits.with_data(experiment, data), AT[:1])
        st.rerun()
