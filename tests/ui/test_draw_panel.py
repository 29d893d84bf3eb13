"""The draw pad: a drawing is treated as the data's own digits, and there is none where nothing sees images."""

from playground.experiment import edits
from playground.experiment.registry import REGISTRIES
from playground.ui import draw_panel, hand_panel
from playground.ui.draw_panel import FITS

DIGITS = {"kind": "digits"}


def test_every_fit_is_of_images_that_hold_its_box():
    for kind, fit in FITS.items():
        _channels, height, width = REGISTRIES["data"][kind](kind=kind).shape
        assert 2 * fit["pen"] < fit["box"] <= min(height, width)


def test_images_have_a_pad_and_other_data_say_why_there_is_none(bench, draw):
    page = draw(bench, draw_panel.show)
    assert not page.exception
    assert "nothing has been trained on images" in page.info[0].value
    assert bench.change(lambda experiment: edits.with_data(experiment, REGISTRIES["data"]["digits"](**DIGITS)))
    page.run()
    assert not page.exception and not page.info


def test_the_lesson_is_short(bench, draw):
    assert not draw(bench, hand_panel.show).exception
    assert len(" ".join(hand_panel.LESSON.values()).split()) < 260
    assert all(text.endswith(".") for text in hand_panel.LESSON.values())
