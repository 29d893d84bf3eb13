"""An experiment as JSON: every one comes back as it was, and what is no experiment is told."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from playground.experiment.presets import PRESETS, start
from playground.export import FileError, experiment_file, wording
from playground.settings import settings
from tests.experiment.strategies import experiments


@settings_of(max_examples=40)
@given(experiments())
def test_every_experiment_comes_back_under_a_name_that_every_machine_takes(experiment):
    written = experiment_file.write(experiment)
    assert experiment_file.read(written) == experiment
    assert len(written) <= experiment_file.ROOM * settings.link_bytes
    assert re.fullmatch("[a-z0-9-]+", wording.file_stem(experiment))
    assert wording.title(experiment) and wording.recipe(experiment)


@pytest.mark.parametrize("preset", PRESETS)
def test_it_is_json_that_says_everything(preset):
    experiment = PRESETS[preset].experiment
    assert json.loads(experiment_file.write(experiment)) == experiment.model_dump(mode="json")


def test_an_editor_may_have_set_a_byte_order_mark():
    assert experiment_file.read(b"\xef\xbb\xbf" + experiment_file.write(start())) == start()


GOOD = json.loads(experiment_file.write(start()))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not JSON: see line 1"),
        (b'{"v": 1,\n "data" 2}', "line 2, column 9"),
        (b"[]", "does not hold an experiment"),
        (b'"text"', "does not hold an experiment"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a": NaN}', "a number that is none"),
        (b'{"a": -Infinity}', "a number that is none"),
        (b'{"v": 1' + b"0" * 5_000 + b"}", "far too long"),
        ("{}".encode("utf-16"), "UTF-8"),
        (b"{" + b" " * 4 * settings.link_bytes + b"}", "too large"),
        (b"{}", "Version must be given"),
        (json.dumps({**GOOD, "v": 2}).encode(), "newer version"),
        (json.dumps({**GOOD, "seed": 1e999}).encode().replace(b"Infinity", b"1e999"), "Seed"),
        (json.dumps({**GOOD, "network": [{"kind": "linear", "units": -3}]}).encode(), "Layer 1: Units"),
        (json.dumps({**GOOD, "surprise": 1}).encode(), "surprise"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(data, told):
    with pytest.raises(FileError, match=told) as caught:
        experiment_file.read(data)
    assert str(caught.value).endswith(".")


@given(st.binary(max_size=300))
def test_any_bytes_are_an_experiment_or_told(data):
    with pytest.raises(FileError):
        experiment_file.read(data)


def test_titles():
    assert wording.title(start()) == "Circle: 4 tanh, 2 tanh"
    assert wording.title(start().replace(network=())) == "Circle: no hidden layer"
    assert wording.title(PRESETS["one-convolution"].experiment) == "MNIST, 5,000: 6 of 5 × 5 ReLU Max pooling"
    block = {"kind": "residual", "layers": [{"kind": "linear", "units": 4}, {"kind": "relu"}]}
    assert wording.title(start().replace(network=({"kind": "linear", "units": 4}, block))) == (
        "Circle: 4, block of 4 ReLU"
    )
    many = [{"kind": "linear", "units": 3}] * 20
    assert wording.title(start().replace(network=many)).endswith("3, 3, 15 more")
