"""Pictures of kept runs: what the network answers, of one's own runs only, and of the others though one is damaged."""

import base64
import io
import re
from urllib.parse import unquote

import numpy as np
import orjson
import pytest
from PIL import Image

from playground.archive import Shelf
from playground.experiment import REGISTRIES, edits
from playground.experiment.presets import start
from playground.figures import theme
from playground.figures.portraits import portrait as drawn
from playground.lenses import confusion, decision_boundary
from playground.lenses.portraits import portrait
from playground.runs import portraits as job
from playground.runs.jobs import JOBS
from playground.training import Trainer
from tests.archive.entries import entry, trained


def on(kind: str, epochs: int = 1, **data) -> Trainer:
    experiment = edits.with_data(start(), REGISTRIES["data"][kind](kind=kind, **data))
    trainer = Trainer(experiment, engine="torch")
    trainer.advance(epochs=epochs)
    return trainer


def pixels(svg: str) -> np.ndarray:
    """The pixels of the bitmap in a drawing, (h, w, 3)."""
    (data,) = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", svg)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_a_map_is_coloured_by_what_is_answered_there():
    trainer = trained()
    value = decision_boundary(trainer, 64)["value"][::-1]  # a picture's first row is its highest
    seen = pixels(drawn(portrait(trainer), trainer.dataset, "")).astype(int)
    redder = seen[..., 0] > seen[..., 2]
    sure = np.abs(value) > 0.02
    assert sure.any() and np.array_equal(redder[sure], (value < 0)[sure])
    whole = np.array(theme.channels(theme.mix(theme.POSITIVE, theme.REGION_TONE)))
    assert (np.abs(value) < 1).all() and (seen >= whole.min()).all()


def test_three_classes_have_their_colours():
    trainer = on("iris")
    found = decision_boundary(trainer, 64)
    seen = pixels(drawn(portrait(trainer), trainer.dataset, ""))[::-1]
    tone = theme.UNSURE_TONE + (theme.REGION_TONE - theme.UNSURE_TONE) * found["confidence"]
    for row, column in ((3, 5), (40, 60), (63, 0)):
        colour = theme.class_colour(found["classes"][row, column])
        expected = theme.channels(theme.mix(colour, float(tone[row, column])))
        assert seen[row, column] == pytest.approx(expected, abs=1)


def test_images_are_judged_as_the_confusion_matrix_judges_them():
    trainer = on("digits")
    assert len(trainer.dataset.y_test) <= 1000
    counts = portrait(trainer)["counts"]
    assert np.array_equal(counts, confusion(trainer, "test")["counts"])
    seen = pixels(drawn({"counts": np.diag([5, 5, 0])}, trainer.dataset, ""))
    assert tuple(seen[0, 0]) == theme.channels(theme.POSITIVE) and tuple(seen[0, 1]) == tuple(seen[2, 2]) == (255,) * 3


def test_one_input_gives_a_curve():
    trainer = on("curve")
    svg = drawn(portrait(trainer), trainer.dataset, "a <b>")
    assert f'stroke="{theme.FITTED}"' in svg and "image/png" not in svg and "a &lt;b&gt;" in svg


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Shelf:
    shelf = Shelf(f"sqlite:///{tmp_path}/kept.db")
    monkeypatch.setattr(job, "_shelf", lambda: shelf)
    return shelf


def test_every_run_of_ones_own_is_drawn_whatever_the_others_are(shelf):
    mine, damaged, theirs = entry("me"), entry("me", checkpoint=b"damaged"), entry("them")
    shelf.keep([mine, damaged, theirs])
    where, _, name = JOBS["portraits"].partition(":")
    assert (where, name) == (job.__name__, "portraits")
    wanted = {"person": "me", "runs": [theirs.id, damaged.id, mine.id, "nothing"]}
    *_, (share, last, _) = job.portraits(wanted, None)
    found = orjson.loads(last)
    assert share == 1.0 and found[theirs.id] == found["nothing"] == {"problem": "This run is not kept any more."}
    assert found[damaged.id] == {"problem": "this is not a saved run, or it is damaged"}
    expected = drawn(portrait(trained().at()), trained().dataset, "What the network answers after 4 epochs")
    assert found[mine.id]["step"] == 40
    assert np.array_equal(pixels(unquote(found[mine.id]["image"])), pixels(expected))
