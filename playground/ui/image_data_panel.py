"""Images in the Data tab: some of them, how many each class has, and how they vary while the network trains."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from playground.data.errors import TableError
from playground.data.glimpse import Glimpse, glimpse
from playground.experiment.images import Images
from playground.figures.bitmaps import bitmap, sheet
from playground.ui.forms import fields, show_error
from playground.ui.plain import plain
from playground.ui.widgets.components import drawing
from playground.ui.workbench import Workbench

AUGMENT = ("data", "augment")
ACROSS = 8
WIDTH = 288
"""CSS pixels of the samples: what the panel has beside a scroll bar at 1366 pixels."""
ROWS = 3
"""Of samples; where they vary, as many epochs."""


def look(data: Images) -> None:
    """Samples and class counts; nothing where the images are not here, which is told elsewhere."""
    if (found := _glimpse(data)) is None:
        return
    shown = sheet(found.as_they_are(ROWS * ACROSS), ACROSS)
    drawing(bitmap(shown, WIDTH, "Images of the training part"), key="data_samples")
    _counts(found)
    if found.notes:
        st.caption(plain("; ".join(found.notes)))


def augmentation(bench: Workbench, data: Images) -> None:
    """How training images vary, and what the network then sees of some."""
    with st.expander("Augmentation", icon=":material/auto_fix:", expanded=not data.augment.off):
        fields(bench, data.augment, AUGMENT)
        show_error(bench, AUGMENT)
        found = None if data.augment.off else _glimpse(data)
        if found is None:
            return
        epochs = [found.varied(data.augment, bench.experiment.seed, epoch, ACROSS) for epoch in range(ROWS)]
        shown = sheet(np.concatenate([found.as_they_are(ACROSS), *epochs]), ACROSS)
        drawing(bitmap(shown, WIDTH, "Images as they are, and augmented as set in three epochs"), key="data_varied")
        st.caption("As they are, and below as the network sees them in its first, second and third epoch.")


def _glimpse(data: Images) -> Glimpse | None:
    try:
        return glimpse(data)
    except TableError:
        return None


def _counts(found: Glimpse) -> None:
    train, test = found.train, found.test
    channels, height, width = found.image
    each = f"{train.min():,}" if train.min() == train.max() else f"{train.min():,} to {train.max():,}"
    st.caption(
        f"{train.sum():,} images to train on, {each} of each of {len(train)} classes; {test.sum():,} to test on. "
        f"{width} × {height} pixels{', in colour' if channels == 3 else ', grey'}."
    )
    with st.popover("Class counts", width="stretch", help="How many images each class has."):
        table = pd.DataFrame({"class": found.classes, "train": train, "test": test})
        most = int(max(train.max(), 1))
        st.dataframe(
            table,
            hide_index=True,
            column_config={"train": st.column_config.ProgressColumn(min_value=0, max_value=most, format="%d")},
        )
