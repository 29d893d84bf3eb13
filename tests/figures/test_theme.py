"""Colours: the signs' exactly, the classes' distinguishable, also for colour-blind eyes."""

from itertools import combinations

import numpy as np
import pytest
from plotly.colors import sample_colorscale

from playground.figures import theme

# Severe protanopia and deuteranopia in linear RGB (Machado, Oliveira and Fernandes 2009, table of severity 1.0).
EYES = {
    "usual": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def linear(colour):
    srgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIELAB under D65."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ rgb
    t = np.clip(xyz / np.array([0.9505, 1.0, 1.089]), 0, None)
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one, two, eyes="usual"):
    """How different two colours look (CIE 1976; 2 is just seen side by side)."""
    first, second = (lab(np.clip(EYES[eyes] @ linear(colour), 0, 1)) for colour in (one, two))
    return float(np.linalg.norm(first - second))


def contrast(one, two):
    """WCAG contrast ratio."""
    light, dark = sorted((linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_minus_one_zero_and_plus_one():
    low, zero, high = sample_colorscale(theme.DIVERGING, [0, 0.5, 1])
    assert (low, zero, high) == ("rgb(245, 147, 34)", "rgb(255, 255, 255)", "rgb(8, 119, 189)")
    assert sample_colorscale(theme.REGION_DIVERGING, [0.5]) == ["rgb(255, 255, 255)"]


def test_two_classes_are_the_two_signs():
    assert [theme.class_colour(0), theme.class_colour(1)] == [theme.NEGATIVE, theme.POSITIVE]


@pytest.mark.parametrize("eyes", EYES)
def test_the_first_five_classes_can_be_told_apart(eyes):
    for one, two in combinations(theme.CLASSES[:5], 2):
        assert apart(one, two, eyes) > 25, (one, two)
    for one, two in combinations([theme.mix(c, theme.REGION_TONE) for c in theme.CLASSES[:5]], 2):
        assert apart(one, two, eyes) > 15, (one, two)


@pytest.mark.parametrize("eyes", EYES)
def test_train_and_test_can_be_told_apart(eyes):
    assert apart(theme.TRAIN, theme.TEST, eyes) > 25


@pytest.mark.parametrize("page", ["#ffffff", "#0e1117"])
@pytest.mark.parametrize("colour", [theme.TRAIN, theme.TEST, theme.FITTED, theme.LINE_POSITIVE, theme.TRAIN_POINT])
def test_lines_are_seen_on_light_and_dark(page, colour):
    assert contrast(colour, page) >= 3  # WCAG 2.1, 1.4.11: graphical objects


@pytest.mark.parametrize("page", ["#ffffff", "#0e1117"])
def test_keys_are_seen_on_light_and_dark(page):
    for index in range(5):
        assert contrast(theme.key_colour(index), page) > 1.9


def test_points_stand_out_from_their_region():
    for colour in theme.CLASSES:
        assert apart(colour, theme.mix(colour, theme.REGION_TONE)) > 15


@pytest.mark.parametrize("count", [2, 3, 5, 11, 50])
def test_scales_are_scales(count):
    for scale in (theme.class_scale(count), theme.region_scale(count)):
        places = [place for place, _ in scale]
        assert places == sorted(places)
        assert (places[0], places[-1]) == (0, 1)


def test_more_classes_than_colours_begin_again():
    assert theme.class_colour(len(theme.CLASSES)) == theme.class_colour(0)
    assert theme.mix("#102030", 1) == "#102030"
    assert theme.mix("#000000", 0.5) == "#808080"
