"""What a browser may say, and how often."""

import base64

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.lenses.picked import MOST_VALUES
from playground.runs.views import keys_of
from playground.web.protocol import (
    MESSAGE_BYTES,
    NAME_LENGTH,
    OPS,
    VIEWS,
    Ack,
    Allowance,
    BadMessage,
    Control,
    Ping,
    Watch,
    parse,
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"t":"ack","n":3}', Ack(3)),
        ('{"t":"ping"}', Ping()),
        ('{"t":"watch","views":{},"at":null}', Watch({}, None)),
        ('{"t":"watch","views":{"boundary":{"resolution":100}},"at":12}', Watch({"boundary": {"resolution": 100}}, 12)),
        ('{"t":"watch","views":{"curves":{}}}', Watch({"curves": {}}, None)),
        ('{"t":"control","op":"play"}', Control("play", None)),
        ('{"t":"control","op":"speed","value":2.5}', Control("speed", 2.5)),
        ('{"t":"control","op":"rewind","value":100}', Control("rewind", 100)),
        ('{"t":"control","op":"silence","value":{"unit":1}}', Control("silence", {"unit": 1})),
        ('{"t":"control","op":"weight","value":{}}', Control("weight", {})),
    ],
)
def test_what_is_understood(text, message):
    assert parse(text) == message


def test_three_views_of_the_largest_picture_of_ones_own_fit_into_a_message():
    image = {"pixels": base64.b64encode(bytes(MOST_VALUES)).decode()}
    views = {name: {"image": image} for name in ("feature_maps", "prediction", "why")}
    text = orjson.dumps({"t": "watch", "views": views, "at": None})
    assert len(text) < MESSAGE_BYTES
    assert keys_of(parse(text).views, None).keys() == views.keys()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "play",
        "[]",
        "null",
        '"ack"',
        "{}",
        '{"t":"shutdown"}',
        '{"t":"control","op":"weight"}',
        '{"t":"control","op":"weight","value":3}',
        '{"t":"control","op":"silence","value":[]}',
        '{"t":"control","op":"step","value":{}}',
        '{"t":["ack"],"n":1}',
        '{"t":"ack"}',
        '{"t":"ack","n":-1}',
        '{"t":"ack","n":1.5}',
        '{"t":"ack","n":true}',
        '{"t":"ack","n":1e300}',
        '{"t":"watch"}',
        '{"t":"watch","views":[]}',
        '{"t":"watch","views":{"boundary":null}}',
        '{"t":"watch","views":{},"at":-1}',
        '{"t":"watch","views":{},"at":"now"}',
        '{"t":"control","op":"explode"}',
        '{"t":"control","op":{"a":1}}',
        '{"t":"control","op":"step","value":"10"}',
        '{"t":"control","op":"step","value":true}',
        '{"t":"control","op":"step","value":-1}',
        '{"t":"control","op":"speed","value":1e300}',
        orjson.dumps({"t": "watch", "views": {"x" * (NAME_LENGTH + 1): {}}}).decode(),
        orjson.dumps({"t": "watch", "views": {f"v{n}": {} for n in range(VIEWS + 1)}}).decode(),
    ],
)
def test_what_is_refused_says_why(text):
    with pytest.raises(BadMessage) as refused:
        parse(text)
    assert str(refused.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
near_misses = st.fixed_dictionaries(
    {"t": st.sampled_from(["watch", "control", "ack", "ping"]) | json_values},
    optional={
        "n": json_values,
        "op": st.sampled_from(sorted(OPS)) | json_values,
        "value": json_values,
        "views": json_values,
        "at": json_values,
    },
)


@given(st.text() | st.binary() | near_misses.map(orjson.dumps) | json_values.map(orjson.dumps))
def test_nothing_but_a_message_or_a_refusal_comes_out(text):
    try:
        message = parse(text)
    except BadMessage:
        return
    assert isinstance(message, Watch | Control | Ack | Ping)


def test_an_allowance_refills_with_time():
    now = [0.0]
    allowance = Allowance(rate=10, burst=3, clock=lambda: now[0])
    assert [allowance.spend() for _ in range(4)] == [True, True, True, False]
    now[0] += 0.25
    assert [allowance.spend() for _ in range(3)] == [True, True, False]
    now[0] += 1000  # a long silence saves up no more than one burst
    assert [allowance.spend() for _ in range(4)] == [True, True, True, False]
