"""The link codec: what goes in comes out, and nothing that is pasted, cut or made up does any harm."""

import base64
import dataclasses
import json
import random
import time
import tracemalloc
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.experiment import Experiment, LinkError, link
from playground.experiment.problems import explain
from playground.settings import settings as limits
from tests.experiment.strategies import experiments, nested, plain

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_λ", max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def packed(raw: bytes) -> str:
    """Any bytes in the form of a link."""
    packer = zlib.compressobj(9, wbits=-15)
    return base64.urlsafe_b64encode(packer.compress(raw) + packer.flush()).rstrip(b"=").decode()


def refused(text: str) -> str:
    """The message that a person reads who opens this link; anything but the two promised errors fails the test."""
    began = time.process_time()
    try:
        Experiment.from_link(text)
    except LinkError as error:
        message = str(error)
    except ValidationError as error:
        problems = explain(error)
        assert problems
        message = "; ".join(str(problem) for problem in problems)
    else:
        pytest.fail("this was no link, yet it opened")
    assert time.process_time() - began < 1
    return message


@settings(max_examples=50)
@given(content=st.dictionaries(st.text("abcdef", max_size=5), json_values, max_size=5))
def test_what_goes_in_comes_out(content):
    text = link.encode(content)
    assert link.decode(text) == content
    assert set(text) <= set(ALPHABET)


def test_a_link_may_bring_blanks_along():
    text = Experiment.model_validate(plain()).to_link()
    assert Experiment.from_link(f"  {text}\n") == Experiment.from_link(text)


def test_a_link_says_nothing_of_defaults():
    content = link.decode(Experiment.model_validate(plain()).to_link())
    assert content == plain(network=[{"kind": "linear", "units": 4}, {"kind": "tanh"}])


@settings(max_examples=50)
@given(text=st.text(max_size=200) | st.text(ALPHABET, max_size=400))
@example("")
@example("   ")
@example("A")
@example("=")
@example("é" * 10)
@example("\ud800")
@example("\0")
@example("AAAA+/==")
def test_no_text_at_all_makes_another_error(text):
    refused(text)


@settings(max_examples=50)
@given(raw=st.binary(max_size=200))
@example(b"")
@example(b"\xff\xfe\x00")
@example(b"\xef\xbb\xbf{}")
def test_no_bytes_at_all_make_another_error(raw):
    refused(packed(raw))


@settings(max_examples=50)
@given(content=st.dictionaries(st.sampled_from([*plain(), "head", "init", "x"]), json_values))
def test_no_json_at_all_makes_another_error(content):
    refused(link.encode(content))


@settings(max_examples=50)
@given(experiment=experiments(), seed=st.integers(0, 10**6))
def test_a_damaged_link_is_refused_or_is_another_experiment(experiment, seed):
    text, dice = experiment.to_link(), random.Random(seed)
    at = dice.randrange(len(text))
    flipped = text[:at] + dice.choice(ALPHABET) + text[at + 1 :]
    for damaged in (flipped, text[:at], text[at:], text[:at] + text[at + 1 :]):
        try:
            Experiment.from_link(damaged)
        except (LinkError, ValidationError) as error:
            assert str(error)


def test_a_link_cut_anywhere_is_refused():
    text = Experiment.model_validate(plain()).to_link()
    for length in range(len(text)):
        assert "link" in refused(text[:length])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this link is empty"),
        ("not a link!", "this link is damaged: part of it may be missing"),
        (packed(b'{"v":1')[:-3], "this link is damaged"),
        (packed(b"{}") + "AAAA", "this link is damaged: something follows its end"),
        (packed(b""), "this link does not hold an experiment"),
        (packed(b"[]"), "this link does not hold an experiment"),
        (packed(b'"text"'), "this link does not hold an experiment"),
        (packed(b"null"), "this link does not hold an experiment"),
        (packed(b"{"), "this link does not hold an experiment"),
        (packed(json.dumps(plain()).encode("utf-16")), "this link does not hold an experiment"),
        (packed(b'{"v":1,"seed":NaN}'), "this link does not hold an experiment"),
        (packed(b'{"v":1,"seed":Infinity}'), "this link does not hold an experiment"),
        (packed(b'{"v":1,"seed":-Infinity}'), "this link does not hold an experiment"),
        (packed(b'{"v":' + b"1" * 60_000 + b"}"), "this link does not hold an experiment"),
        ("A" * 70_000, "this link is too long"),
        (packed(b" " * 65 * 1024), "this link unpacks to more than is allowed"),
        (packed(b"[" * 10_000 + b"]" * 10_000), "this link does not hold an experiment"),
        (packed(b'{"a":' * 10_000 + b"1" + b"}" * 10_000), "this link does not hold an experiment"),
        (packed(b'{"v":1,"seed":1e999}'), "Seed must be a finite number"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_it_says_what_is_wrong(text, message):
    assert message in refused(text)


def test_exactly_what_is_allowed_is_unpacked(monkeypatch):
    content = {"a": "x" * 1000}
    size = len(link.canonical(content))
    monkeypatch.setattr(link, "settings", dataclasses.replace(limits, link_bytes=size))
    assert link.decode(link.encode(content)) == content
    monkeypatch.setattr(link, "settings", dataclasses.replace(limits, link_bytes=size - 1))
    with pytest.raises(LinkError, match="more than is allowed"):
        link.decode(link.encode(content))


def bomb(megabytes: int) -> str:
    """A link that unpacks to so many megabytes of blanks: one compressed block, repeated."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return base64.urlsafe_b64encode(block * megabytes + packer.flush()).decode()


@pytest.mark.parametrize(("megabytes", "link_bytes"), [(40, limits.link_bytes), (1024, 2 * 2**20)])
def test_a_bomb_is_refused_quickly_and_within_bounded_memory(monkeypatch, megabytes, link_bytes):
    monkeypatch.setattr(link, "settings", dataclasses.replace(limits, link_bytes=link_bytes))
    text = bomb(megabytes)
    assert len(text) <= link_bytes, "the length of the text alone must not be what saves us"
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(LinkError, match="more than is allowed"):
        link.decode(text)
    took, (_, most) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 1
    assert most < 8 * link_bytes


def test_the_bomb_is_one():
    raw = base64.urlsafe_b64decode(bomb(3))
    assert zlib.decompress(raw, wbits=-15) == b" " * 3 * 2**20


@pytest.mark.parametrize("depth", [4, 50, 200, 260, 300, 1500])
def test_blocks_nested_deep_are_refused(depth):
    raw = '{"v":1,"network":' + '[{"kind":"residual","layers":' * depth + "[]" + "}]" * depth + "}"
    message = refused(packed(raw.encode()))
    assert "nested" in message or "does not hold" in message
    assert len(message) < 2000


def test_thousands_of_errors_are_told_in_few():
    assert len(refused(packed(json.dumps({"v": 1, "network": [{}] * 9000}).encode()))) < 3000
    assert len(refused(packed(json.dumps({"v": 1, **{str(i): 1 for i in range(5000)}}).encode()))) < 3000


def test_broken_letters_are_refused():
    refused(packed(rb'{"v":1,"\ud800":1}'))
    table = '{"v":1,"data":{"kind":"csv","table":"%s","target":"\\ud800","as_task":"regression","columns":["a"]}}'
    refused(packed((table % ("a" * 64)).encode()))


def test_a_newer_version_is_named_and_nothing_else():
    message = refused(link.encode({"v": 2, "data": {"kind": "hologram"}, "quantum": True}))
    assert "made by a newer version of Network Playground" in message
    assert "hologram" not in message and "quantum" not in message


def test_the_widest_table_fits_a_link():
    columns = [f"{i:03d}" + "é" * 17 for i in range(limits.csv_columns)]
    table = {"kind": "csv", "table": "a" * 64, "target": "y", "as_task": "regression", "columns": columns}
    stack = [{"kind": "linear", "units": 1000 + i % 24, "weights": {"kind": "normal", "std": i / 7}} for i in range(64)]
    experiment = Experiment.model_validate(plain(data=table, network=stack))
    assert Experiment.from_link(experiment.to_link()) == experiment
    with pytest.raises(ValidationError) as caught:
        Experiment.model_validate(plain(data={**table, "columns": [name + "é" * 40 for name in columns]}))
    assert "too long for a link" in str(caught.value)


def test_three_blocks_deep_travels():
    experiment = Experiment.model_validate(plain(network=nested(3)))
    assert Experiment.from_link(experiment.to_link()) == experiment
