"""Small drawings: well-formed, small, with a name for screen readers."""

import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote

import numpy as np
import pytest

from playground.experiment.data import BROUGHT
from playground.experiment.registry import REGISTRIES
from playground.figures import activation_svg, data_thumbnail, theme
from playground.figures.activation_plot import HIGH, LOW, REACH
from playground.figures.svg import data_uri, drawing, number

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("kind", REGISTRIES["activation"])
def test_every_activation_has_a_plot(kind):
    entry = REGISTRIES["activation"][kind](kind=kind)
    text = activation_svg(entry, 160, 95)
    root = ElementTree.fromstring(text)
    assert entry.label in root.find(f"{SVG}title").text
    assert root.get("role") == "img"
    assert len(text) < 2500
    slope, curve = root.findall(f"{SVG}path")
    assert curve.get("stroke") == theme.LINE_POSITIVE
    assert slope.get("stroke-dasharray")
    # Every point that is drawn lies on the function, to a tenth of a pixel.
    across, up = 160 / (2 * REACH), 95 / (HIGH - LOW)
    points = np.array(
        [[float(part) for part in pair.split()] for pair in curve.get("d").replace("M", "L").split("L") if pair]
    )
    x, y = points[:, 0] / across - REACH, HIGH - points[:, 1] / up
    assert np.abs(entry.value(x) - y).max() < 0.2


def test_a_jump_of_the_derivative_is_not_drawn_as_a_slope():
    step = ElementTree.fromstring(activation_svg(REGISTRIES["activation"]["relu"](kind="relu")))
    assert step.findall(f"{SVG}path")[0].get("d").count("M") == 2


def test_a_fast_sine_stays_small():
    assert len(activation_svg(REGISTRIES["activation"]["sine"](kind="sine", frequency=100.0))) < 12_000


@pytest.mark.parametrize("kind", [kind for kind in REGISTRIES["data"] if kind not in BROUGHT])
def test_every_data_set_has_a_thumbnail(kind):
    entry = REGISTRIES["data"][kind](kind=kind)
    text = data_thumbnail(entry, 64)
    root = ElementTree.fromstring(text)
    assert root.find(f"{SVG}title").text.startswith(entry.label)
    assert 300 < len(text) < 40_000
    assert root.get("width") == "64"


def test_a_title_is_no_markup():
    root = ElementTree.fromstring(drawing(10, 10, 'a<b> & "c"', []))
    assert root.find(f"{SVG}title").text == root.get("aria-label") == 'a<b> & "c"'


def test_addresses_can_be_read_back():
    text = drawing(10, 10, "x #1 100%", ['<path d="M0 0h1" stroke="#f59322"/>'])
    address = data_uri(text)
    assert address.startswith("data:image/svg+xml,")
    assert not set('#<>"') & set(address)
    assert unquote(address.removeprefix("data:image/svg+xml,")) == text


def test_numbers_are_short():
    assert [number(v) for v in (3.0, 3.04, -0.01, 2.55001, 10)] == ["3", "3", "0", "2.6", "10"]
