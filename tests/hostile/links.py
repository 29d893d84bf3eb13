"""Hostile links: what `?x=` may hold. Each case: a name, the text, and words that the answer must have."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple


class Link(NamedTuple):
    """One hostile link. `told`: words of the message, in this order; none where the experiment is simply opened."""

    name: str
    text: str
    told: tuple[str, ...]


GOOD: dict[str, Any] = {
    "v": 1,
    "data": {"kind": "circle"},
    "network": [{"kind": "linear", "units": 4}, {"kind": "tanh"}],
    "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.03}},
}


def packed(raw: bytes) -> str:
    """Bytes as a link: deflated, base64url."""
    packer = zlib.compressobj(9, wbits=-15)
    return base64.urlsafe_b64encode(packer.compress(raw) + packer.flush()).rstrip(b"=").decode()


def changed(**changes: Any) -> str:
    """A link whose experiment is a good one but for these top-level parts. They may hold NaN and infinity."""
    return packed(json.dumps({**GOOD, **changes}).encode())


def raw(part: str, text: str) -> str:
    """A link whose JSON has `text`, word for word, as its part `part`: for what no JSON writer would write."""
    return packed(json.dumps({**GOOD, part: "@"}).replace('"@"', text).encode())


def linear(**fields: Any) -> list[dict[str, Any]]:
    """A stack of one linear layer."""
    return [{"kind": "linear", "units": 4} | fields]


def training(**fields: Any) -> dict[str, Any]:
    """A training recipe with these fields."""
    return GOOD["training"] | fields


def nested(depth: int) -> list[dict[str, Any]]:
    """A residual block in a residual block in ..."""
    layers: list[dict[str, Any]] = [{"kind": "tanh"}]
    for _ in range(depth):
        layers = [{"kind": "residual", "layers": layers}]
    return layers


def _texts() -> Iterator[Link]:
    damaged = ("could not be opened", "damaged")
    no_experiment = ("could not be opened", "does not hold an experiment")
    yield Link("one letter", "a", damaged)
    yield Link("not base64", "%%%!!!", damaged)
    yield Link("other letters", "экспери мент", damaged)
    yield Link("null byte", "\0\0\0\0", damaged)
    yield Link("script tag", "<script>alert(1)</script>", damaged)
    yield Link("path", "../../../../etc/passwd", damaged)
    yield Link("template", "{{7*7}}${7*7}", damaged)
    yield Link("zlib with a header", base64.urlsafe_b64encode(zlib.compress(b"{}")).decode(), ("could not be opened",))
    yield Link("truncated", changed()[:-8], damaged)
    yield Link("first half", changed()[:40], damaged)
    yield Link("something after the end", changed() + "AAAA", ("could not be opened",))
    yield Link("a hundred thousand letters", "A" * 100_000, ("could not be opened", "too long"))
    yield Link("a bomb of zeros", packed(b"\0" * 30_000_000), ("unpacks to more than is allowed",))
    yield Link("a bomb of blanks", packed(b'{"v":1' + b" " * 10_000_000 + b"}"), ("unpacks to more than is allowed",))
    yield Link("a bomb in a bomb", packed(zlib.compress(b"\0" * 10**7) * 5), ("could not be opened",))
    yield Link("deep lists", packed(b"[" * 60_000), no_experiment)
    yield Link("deep objects", packed(b'{"a":' * 12_000), no_experiment)
    yield Link("deep and closed", packed(b"[" * 30_000 + b"]" * 30_000), no_experiment)
    yield Link("a list", packed(b"[1, 2]"), no_experiment)
    yield Link("a number", packed(b"1e999"), no_experiment)
    yield Link("null", packed(b"null"), no_experiment)
    yield Link("nothing inside", packed(b""), no_experiment)
    yield Link("not JSON", packed(b"{'v': 1}"), no_experiment)
    yield Link("code", packed(b"__import__('os').system('id')"), no_experiment)
    yield Link("a pickle", packed(b"cos\nsystem\n(S'id'\ntR."), no_experiment)
    yield Link("broken UTF-8", packed(b'{"v": "\xff\xfe"}'), no_experiment)
    yield Link("UTF-16", packed('{"v": 1}'.encode("utf-16")), no_experiment)
    yield Link("a number of 50,000 digits", packed(b'{"v": ' + b"9" * 50_000 + b"}"), ("could not be opened",))


def _numbers() -> Iterator[Link]:
    for name, text in {"NaN": "NaN", "infinity": "Infinity", "minus infinity": "-Infinity"}.items():
        yield Link(f"{name} as seed", raw("seed", text), ("does not hold an experiment",))
    for name, text in {"1e999": "1e999", "minus 1e999": "-1e999", "minus one": "-1", "10^12": "1000000000000"}.items():
        yield Link(f"{name} as seed", raw("seed", text), ("could not be opened", "seed"))
    for name, units in {"zero": 0, "minus one": -1, "10^12": 10**12, "a half": 3.5, "a word": "eight"}.items():
        yield Link(f"{name} as units", changed(network=linear(units=units)), ("could not be opened", "units"))
    for name, units in {"a list": [8], "an object": {"a": 1}, "null": None}.items():
        yield Link(f"{name} as units", changed(network=linear(units=units)), ("could not be opened", "units"))
    yield Link("1e999 as units", raw("network", '[{"kind":"linear","units":1e999}]'), ("could not be opened", "units"))
    for name, rate in {"zero": 0, "negative": -0.1, "10^12": 10**12, "a word": "fast"}.items():
        optimizer = {"kind": "sgd", "lr": rate}
        yield Link(f"{name} as rate", changed(training=training(optimizer=optimizer)), ("could not be opened", "rate"))
    for name, size in {"zero": 0, "negative": -10, "10^12": 10**12}.items():
        yield Link(f"{name} as batch", changed(training=training(batch_size=size)), ("could not be opened", "batch"))
    for name, samples in {"none": 0, "negative": -500, "10^12": 10**12}.items():
        data = {"kind": "circle", "samples": samples}
        yield Link(f"{name} as points", changed(data=data), ("could not be opened", "points"))
    yield Link(
        "all to test on", changed(data={"kind": "circle", "test_fraction": 1.0}), ("could not be opened", "test")
    )
    yield Link("noise of 10^9", changed(data={"kind": "circle", "noise": 1e9}), ("could not be opened", "noise"))
    yield Link("ten classes", changed(data={"kind": "blobs", "classes": 10}), ("could not be opened", "classes"))
    yield Link("dropout of all", changed(network=[{"kind": "dropout", "p": 1.5}]), ("could not be opened", "p "))
    yield Link("no epochs", changed(training=training(max_epochs=0)), ("could not be opened", "at least 1"))
    schedule = {"kind": "step", "every": 0}
    yield Link("a step of no epochs", changed(training=training(schedule=schedule)), ("could not be opened",))
    stopping = {"patience": -1}
    yield Link("negative patience", changed(training=training(early_stopping=stopping)), ("could not be opened",))


def _shapes() -> Iterator[Link]:
    opened = ("could not be opened",)
    for part in ("data", "training"):
        for name, value in {"a list": [], "a word": "circle", "null": None, "a number": 3}.items():
            yield Link(f"{name} as {part}", changed(**{part: value}), opened)
    yield Link("an object as network", changed(network={"0": {"kind": "tanh"}}), opened)
    yield Link("a word as network", changed(network="linear"), opened)
    yield Link("no version", packed(json.dumps({k: v for k, v in GOOD.items() if k != "v"}).encode()), opened)
    yield Link("a newer version", changed(v=2), ("newer version",))
    yield Link("an old version", changed(v=0), opened)
    yield Link("unknown data", changed(data={"kind": "torus"}), ("could not be opened", "torus"))
    yield Link("unknown layer", changed(network=[{"kind": "attention"}]), ("could not be opened", "attention"))
    yield Link("unknown loss", changed(training=training(loss={"kind": "nll"})), ("could not be opened", "nll"))
    optimizer = {"kind": "lion", "lr": 0.1}
    yield Link("unknown optimizer", changed(training=training(optimizer=optimizer)), ("could not be opened", "lion"))
    yield Link("unknown start", changed(network=linear(weights={"kind": "magic"})), ("could not be opened", "magic"))
    yield Link("a kind that is a list", changed(data={"kind": ["circle"]}), opened)
    yield Link("a kind of a megabyte", packed(json.dumps({**GOOD, "data": {"kind": "x" * 60_000}}).encode()), opened)
    yield Link("an unknown field", changed(__class__="os.system"), opened)
    yield Link("a prototype", changed(__proto__={"admin": True}), opened)
    yield Link(
        "a loss for other data", changed(data={"kind": "plane"}, training=training(loss={"kind": "hinge"})), opened
    )
    yield Link("no inputs", changed(data={"kind": "circle", "features": []}), opened)
    yield Link("unknown inputs", changed(data={"kind": "circle", "features": ["x9"]}), opened)
    yield Link("one input twice", changed(data={"kind": "circle", "features": ["x1", "x1"]}), ("can be chosen once",))
    yield Link("a thousand inputs", changed(data={"kind": "circle", "features": ["x1"] * 1000}), opened)
    yield Link("two thousand layers", changed(network=[{"kind": "tanh"}] * 2000), opened)
    yield Link("blocks in blocks", changed(network=nested(60)), opened)
    yield Link("blocks four deep", changed(network=nested(4)), ("could not be opened", "deep"))
    wide = [{"kind": "linear", "units": 1024}] * 40
    yield Link("forty million parameters", changed(network=wide), ("does not fit together",))
    yield Link("a lone surrogate", raw("data", '{"kind": "\\ud800"}'), opened)
    yield Link("a null byte in a name", raw("data", '{"kind": "cir\\u0000cle"}'), opened)


def _tables() -> Iterator[Link]:
    csv = {"kind": "csv", "table": "0" * 64, "target": "y", "as_task": "regression", "columns": ["x"]}
    yield Link("a table that is not here", changed(data=csv), ("cannot be read",))
    for name, table in {"a path": "../../../../etc/passwd", "short": "abc", "upper case": "F" * 64}.items():
        yield Link(f"{name} as table", changed(data=csv | {"table": table}), ("could not be opened",))
    yield Link("a column of 101 letters", changed(data=csv | {"target": "y" * 101}), ("could not be opened",))
    yield Link("the target as input", changed(data=csv | {"columns": ["y"]}), ("could not be opened", "target"))
    many = [f"c{index}" for index in range(501)]
    yield Link("501 columns", changed(data=csv | {"columns": many}), ("could not be opened",))
    long = [f"{index:>099}" for index in range(400)]
    yield Link("columns of 40 kB", changed(data=csv | {"columns": long}), ("could not be opened", "too long"))
    yield Link(
        "a script as file name", changed(data=csv | {"name": "<img src=x onerror=alert(1)>"}), ("cannot be read",)
    )


LINKS = (*_texts(), *_numbers(), *_shapes(), *_tables())
