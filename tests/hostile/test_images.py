"""Hostile images: each gets its sentence in the Data tab or lies on the table; the experiment is safe."""

from __future__ import annotations

import pytest

from tests.hostile.images import IMAGES, TAKEN
from tests.hostile.tables import File
from tests.hostile.visitor import Shown, Visitor

UPLOADER = "Images, or a zip"


def _data_tab(visitor: Visitor, query: str = "") -> Shown:
    shown = visitor.open(query)
    return visitor.choose(shown.widget("tab_container").id, "Data")


@pytest.mark.parametrize("file", IMAGES, ids=lambda file: file.name)
def test_image(visitor: Visitor, file: File) -> None:
    before = _data_tab(visitor)
    shown = visitor.upload(before.widget("file_uploader", UPLOADER).id, "file.png", file.content, "image/png")
    assert not shown.failures
    rest = shown.told.lower()
    for words in file.told:
        assert words in rest, f"{words!r} is not said in {shown.told!r}"
        rest = rest.partition(words)[2]
    assert len(shown.told) < 400, "nobody reads that"
    assert (shown.query != before.query) == (file.name in TAKEN)
    if not file.told:
        assert not shown.alerts


def test_an_album_of_a_hostile_link(visitor: Visitor) -> None:
    from playground.experiment import edits
    from playground.experiment.images import OwnImages
    from playground.experiment.presets import start

    for digest in ("0" * 64, "f" * 64):
        data = OwnImages(kind="images", images=digest, name="<img src=x onerror=alert(1)>")
        shown = _data_tab(visitor, "x=" + edits.fit_loss(start(), data).to_link())
        assert not shown.failures and "not on this server" in shown.told
