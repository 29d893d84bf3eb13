"""A person's own images: bring a zip with a folder for each class, or files, and sort these into classes by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from playground.data import album
from playground.data.errors import TableError
from playground.data.names import NAME_LENGTH, clean
from playground.data.sorting import Brought, Item, bring, suggested
from playground.experiment import edits
from playground.experiment.images import LARGEST, SMALLEST, OwnImages
from playground.figures.bitmaps import thumbnail_uri
from playground.settings import MEGABYTE, settings
from playground.ui.forms import show_error
from playground.ui.plain import plain
from playground.ui.workbench import Workbench

AT = ("data", "images")
HELD = "images_brought"
"""What was brought and is not sorted yet: a `Held`."""
LAST = "images_last"
"""The own images that were trained on last."""
TURN = "images_turn"
"""Counts the uploads: a new uploader, empty, after each."""
GROUP = "images_group"
"""What is typed as the class of the next files."""
BY_HAND = 400
"""Nobody sorts more by hand, and a page with more pictures is slow."""
NO_CLASS = "Give a class to two images or more of at least two classes."


class Held:
    """Pictures on the table: each with the class it has now ("" for none)."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.classes: list[str] = []
        self.notes: tuple[str, ...] = ()
        self.name = "images"

    def add(self, brought: Brought, group: str, name: str) -> None:
        """More pictures, all of class `group` where that is given."""
        self.items += brought.items
        self.classes += [group or proposed for proposed in suggested(brought.items)]
        self.notes += brought.notes
        self.name = name


def show(bench: Workbench) -> None:
    """The uploader and, where files have to be sorted, the table to do it in."""
    data = bench.experiment.data
    own = isinstance(data, OwnImages)
    if own:
        st.session_state[LAST] = data
    held: Held | None = st.session_state.get(HELD)
    with st.expander(
        "Your own images", icon=":material/add_photo_alternate:", expanded=own or held is not None or AT in bench.errors
    ):
        _uploader(bench)
        show_error(bench, AT)
        if held is None:
            st.caption(
                "A zip with a folder for each class, or image files. Your browser makes photographs small before it "
                "sends them; they are kept on this server, where everybody with the experiment's link can train on "
                "them."
            )
        if held is not None:
            _table(bench, held)
        elif not own and LAST in st.session_state:
            last = st.session_state[LAST]
            st.button(
                f"Use {plain(last.name)} again",
                icon=":material/undo:",
                key="images_again",
                on_click=lambda: use(bench, last),
            )


def _uploader(bench: Workbench) -> None:
    st.text_input(
        "Class of the next files",
        key=GROUP,
        max_chars=NAME_LENGTH,
        placeholder="from their folders or names",
        help="All images of the next upload get this class. Leave it empty for a zip with a folder for each class.",
    )
    key = f"images_upload:{st.session_state.setdefault(TURN, 0)}"
    with st.container(
        key="images_uploader"
    ):  # photographs are made small before it hears of them, see static/photos.js
        st.file_uploader(
            "Images, or a zip with a folder for each class",
            accept_multiple_files=True,
            key=key,
            on_change=lambda: _uploaded(bench, key),
            label_visibility="collapsed",
            max_upload_size=max(1, settings.image_bytes // MEGABYTE),
        )


def _uploaded(bench: Workbench, key: str) -> None:
    uploads = st.session_state[key]
    if uploads:
        st.session_state[TURN] += 1
        st.toast("Reading the images", icon=":material/hourglass_top:")
        content = [(upload.name, upload.getvalue()) for upload in uploads]
        take(bench, content, clean(st.session_state.get(GROUP) or ""))


def take(bench: Workbench, uploads: Sequence[tuple[str, bytes]], group: str = "") -> None:
    """Read what was brought. A zip with folders is trained on at once; anything else lies on the table to be sorted."""
    bench.errors = {}
    try:
        brought = bring(uploads)
        held = st.session_state.get(HELD)
        name = clean(uploads[0][0]) if len(uploads) == 1 else "images"
        one = {item.folder for item in brought.items if item.folder} if held is None and not group else ()
        if len(one) == 1:
            bench.errors[AT] = f"There is one class only, {one.pop()!r}. Bring a second one, or change some below."
        if held is None and brought.sorted and not group:
            _keep(bench, [(item.folder, item) for item in brought.items], brought.notes, name)
            return
        held = held or Held()
        if len(held.items) + len(brought.items) > BY_HAND:
            raise TableError(
                f"At most {BY_HAND} images are sorted by hand. Put more into a zip with a folder for each class.",
                "images",
            )
        held.add(brought, group, name)
        st.session_state[HELD] = held
    except TableError as error:
        bench.errors[AT] = error.message


def _table(bench: Workbench, held: Held) -> None:
    """Every picture with its class, to be written or changed."""
    frame = pd.DataFrame(
        {
            "image": [thumbnail_uri(item.pixels) for item in held.items],
            "class": held.classes,
            "file": [item.name for item in held.items],
        }
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        height=260,
        disabled=("image", "file"),
        key=f"images_table:{len(held.items)}:{st.session_state[TURN]}",
        column_config={
            "image": st.column_config.ImageColumn("", width=44),
            "class": st.column_config.TextColumn("class", max_chars=NAME_LENGTH, help="Empty leaves an image out."),
        },
    )
    classes = [clean(str(name)) if name else "" for name in edited["class"]]
    found = sorted({name for name in classes if name})
    st.caption(plain("; ".join(f"{name}: {classes.count(name)}" for name in found) or NO_CLASS))
    if held.notes:
        st.caption(plain("; ".join(held.notes)))
    with st.container(horizontal=True):
        st.button(
            "Train on these",
            icon=":material/check:",
            key="images_use",
            type="primary",
            on_click=lambda: _sorted(bench, held, classes),
            help="Keeps the images with their classes on the server, and puts the experiment on them.",
        )
        st.button(
            "Discard",
            icon=":material/delete:",
            key="images_discard",
            on_click=lambda: _discard(bench),
            help="Forgets these images; nothing was kept yet.",
        )


def _discard(bench: Workbench) -> None:
    """What was said of these images goes with them."""
    bench.errors = {}
    st.session_state.pop(HELD, None)


def _sorted(bench: Workbench, held: Held, classes: list[str]) -> None:
    bench.errors = {}
    try:
        _keep(bench, list(zip(classes, held.items, strict=True)), held.notes, held.name)
    except TableError as error:
        bench.errors[AT] = error.message
        held.classes = classes
        return
    st.session_state.pop(HELD, None)


def _keep(bench: Workbench, pairs: list[tuple[str, Item]], notes: tuple[str, ...], name: str) -> None:
    """Put pictures with their classes into the store and train on them. Raises TableError where they are no album."""
    made = album.album([(group, item.pixels) for group, item in pairs], notes)
    digest = album.keep(made)
    before = bench.experiment.data
    if isinstance(before, OwnImages):
        given = {**dict(before), "images": digest, "name": name}
    else:
        given = {"kind": "images", "images": digest, "name": name, "colour": not made.grey, "size": _size(made)}
    use(bench, OwnImages.model_validate(given))


def _size(made: album.Album) -> int:
    """32 pixels, or fewer where the images themselves have fewer."""
    shortest = min(min(image.shape[:2]) for image in made.images)
    return max(SMALLEST, min(32, shortest, LARGEST))


def use(bench: Workbench, data: Any) -> None:
    """Put the experiment on images of one's own."""
    bench.change(lambda experiment: edits.fit_loss(experiment, data), AT)
