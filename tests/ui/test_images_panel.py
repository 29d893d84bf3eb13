"""The page of images: its views, what it offers where there are no images, and the choices beside its boards."""

import pytest

from playground.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.ui import images
from playground.ui.images_panel import VIEWS
from tests.lenses.moments import experiment_of
from tests.lenses.seeing import DIGITS, STACK

PAGE = "../../pages/images.py"
LINK = experiment_of(DIGITS, STACK).to_link()
SWITCH = "images_view"


def test_every_view_is_drawn(open_page):
    page = open_page(x=LINK)
    page.switch_page(PAGE).run()
    assert page.segmented_control(key=SWITCH).options == list(VIEWS)
    for name in VIEWS:
        page.segmented_control(key=SWITCH).set_value(name).run()
        assert not page.exception and not page.error, name
    assert page.query_params["view"] == "dream"


def test_an_address_leads_to_its_view(open_page):
    page = open_page(x=LINK)
    del page.session_state["workbench"]  # as for who comes here first
    page.query_params["view"] = "fool-it"
    page.switch_page(PAGE).run()
    assert page.segmented_control(key=SWITCH).value == "Fool it" and not page.exception


def test_results_of_images_and_of_classes(open_page):
    page = open_page(x=LINK)
    page.switch_page(PAGE).run()
    page.segmented_control(key=SWITCH).set_value("How good").run()
    page.segmented_control(key="results_part").set_value("train").run()
    page.segmented_control(key="good_view").set_value("Classes").run()
    page.segmented_control(key="embedding_dimensions").set_value(3).run()
    assert not page.exception


def test_one_convolution_of_several_is_chosen_and_forgotten_when_it_is_gone(open_page):
    page = open_page(x=LINK)
    page.switch_page(PAGE).run()
    assert page.selectbox(key="filters_layer").options == [
        "All convolutions", "1: Convolution, 4 × 3 × 3", "2: Convolution, 4 × 3 × 3", "3: Convolution, 6 × 2 × 2",
    ]  # fmt: skip
    page.selectbox(key="filters_layer").set_value(2).run()
    bench = page.session_state["workbench"]
    bench.change(lambda experiment: experiment.replace(network=experiment.network[:4]))
    page.run()
    assert not page.exception
    assert page.selectbox(key="filters_layer").value == -1


def test_without_images_there_are_presets_to_begin_with(open_page):
    page = open_page()
    page.switch_page(PAGE).run()
    assert not page.exception
    assert page.subheader[0].value == "Networks that see"
    assert not any(control.key == SWITCH for control in page.segmented_control)


def test_images_are_told_from_other_data():
    of_digits = Experiment.from_link(LINK)
    circle = experiment_of({"kind": "circle"})
    assert (images.image_of(of_digits), images.image_of(circle), images.image_of(None)) == ((1, 8, 8), None, None)
    assert len(images.convolutions(of_digits)) == 3 and images.convolutions(circle) == []


@pytest.mark.parametrize("kind", [kind for kind, preset in PRESETS.items() if images.of_images(preset.experiment)])
def test_every_preset_of_images_has_a_page(open_page, kind):
    page = open_page(x=PRESETS[kind].experiment.to_link())
    page.switch_page(PAGE).run()
    assert not page.exception and not page.error
