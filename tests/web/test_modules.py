"""The JavaScript modules that only compute, tried in the browser that runs them."""

import base64
import io
import itertools
import zipfile

import numpy as np
import orjson
import pytest
from PIL import Image
from playwright.sync_api import Page

from playground.figures.quantised import Quantised
from playground.runs import wire
from tests.pictures import encoded, noise, zipped
from tests.web.stage import quantised, status_of, typed


def run(page: Page, module: str, expression: str, *arguments: object) -> object:
    """The value of a JavaScript ``expression`` over the names of a module (``m``) and the arguments (``a``)."""
    script = f"async ([path, a]) => {{ const m = await import(path); return {expression}; }}"
    path = page.evaluate("STATIC") + module
    return page.evaluate(script, [path, list(arguments)])


# -- arrays --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lo", "hi"), [(-1.0, 1.0), (0.0, 255.0), (-0.001, 250.0), (3.0, 3.0)])
def test_a_map_in_8_bits_comes_back(shared, lo, hi):
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    packed = {"q": "u1", "lo": lo, "hi": hi, "shape": [16, 16], "bdata": base64.b64encode(levels.tobytes()).decode()}
    values = run(shared, "arrays.js", "m.unpack(a[0]).map((row) => [...row])", packed)
    assert np.allclose(values, lo + (hi - lo) * levels / 255.0, atol=1e-6 * max(1, abs(hi)))


def test_every_tile_may_have_its_own_range(shared):
    levels = np.tile(np.array([[0, 255], [128, 64]], np.uint8), (3, 1, 1))
    packed = {"q": "u1", "lo": [0, -1, 5], "hi": [1, 1, 6], "shape": [3, 2, 2],
              "bdata": base64.b64encode(levels.tobytes()).decode()}  # fmt: skip
    values = np.array(run(shared, "arrays.js", "m.unpack(a[0]).map((tile) => tile.map((row) => [...row]))", packed))
    low, high = np.array([0, -1, 5]), np.array([1, 1, 6])
    expected = low[:, None, None] + (high - low)[:, None, None] * levels / 255.0
    assert np.allclose(values, expected, atol=1e-6)


@pytest.mark.parametrize("shape", [(7,), (2, 3), (2, 3, 4)])
def test_typed_arrays_of_the_wire_come_back(shared, shape):
    array = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    packed = orjson.loads(wire.encode(array))
    flat = run(
        shared,
        "arrays.js",
        "(() => { const {values, shape} = m.decode(a[0]); return [[...values], shape]; })()",
        packed,
    )
    assert np.allclose(flat[0], array.ravel())
    assert flat[1] == list(shape)


def test_packed_arrays_are_found_wherever_they_are(shared):
    figure = {"data": [{"x": typed(np.arange(3.0)), "marker": {"size": typed(np.ones(2))}, "text": ["a", "b"]}]}
    unpacked = run(shared, "arrays.js", "JSON.parse(JSON.stringify(m.unpackAll(a[0])))", figure)
    assert list(unpacked["data"][0]["x"].values()) == [0, 1, 2]
    assert list(unpacked["data"][0]["marker"]["size"].values()) == [1, 1]
    assert unpacked["data"][0]["text"] == ["a", "b"]


# -- latest wins ---------------------------------------------------------------------------------------------------


def test_a_later_message_replaces_an_earlier_one_but_keeps_its_base(shared):
    first = {
        "n": 1,
        "status": {"step": 1},
        "views": {"a": {"rev": 1, "base": "A", "frame": 1}, "b": {"rev": 1, "frame": 1}},
    }
    second = {"n": 2, "status": {"step": 2}, "views": {"a": {"rev": 1, "frame": 2}}}
    merged = run(shared, "connection.js", "m.merge(a[0], a[1])", first, second)
    assert merged == {
        "n": 2,
        "status": {"step": 2},
        "views": {"a": {"rev": 1, "base": "A", "frame": 2}, "b": {"rev": 1, "frame": 1}},
    }


def test_a_base_of_another_revision_is_not_kept(shared):
    first = {"n": 1, "views": {"a": {"rev": 1, "base": "old", "frame": 1}}}
    second = {"n": 2, "views": {"a": {"rev": 2, "base": "new", "frame": 2}}}
    third = {"n": 3, "views": {"a": {"rev": 3, "frame": 3}}}
    merged = run(shared, "connection.js", "m.merge(m.merge(a[0], a[1]), a[2])", first, second, third)
    assert merged["views"]["a"] == {"rev": 3, "frame": 3}


def test_dragging_asks_for_the_newest_moment_only(shared):
    script = """(() => {
      const sent = [];
      const seeker = new m.Seeker(() => { sent.push(seeker.wanted); seeker.sent(); });
      for (const step of [10, 20, 30, 40]) seeker.want(step);   // 10 goes out, the others wait for its answer
      seeker.arrived(10);
      seeker.arrived(40);
      seeker.want(50);
      seeker.want(null);                                         // now is never kept waiting
      seeker.stop();
      return sent;
    })()"""
    assert run(shared, "seeker.js", script) == [10, 40, 50, None]


# -- the diagram's geometry ----------------------------------------------------------------------------------------


def columns(*units: int, features: int = 0) -> dict[str, object]:
    kinds = ["inputs", *["hidden"] * (len(units) - 2), "head"]
    made = [
        {"kind": k, "label": k, "units": n, "shown": min(n, 16), "path": [i]}
        for i, (k, n) in enumerate(zip(kinds, units, strict=True))
    ]
    if features:
        made[0]["features"] = [{"name": f"f{i}", "title": f"f{i}", "on": i < units[0]} for i in range(features)]
    return {"columns": made, "links": [[i, i + 1] for i in range(len(units) - 1)]}


@pytest.mark.parametrize("size", [(620, 430), (980, 700), (360, 300)])
@pytest.mark.parametrize("units", [(2, 1), (2, 8, 8, 1), (9, 16, 16, 16, 16, 3), (2, 64, 1), (30, 4, 1)])
def test_tiles_stay_inside_and_apart(shared, units, size):
    layout = run(shared, "network-layout.js", "m.arrange(a[0], a[1], a[2])", columns(*units), *size)
    tile = layout["tile"]
    for column in layout["columns"]:
        rows = column["rows"]
        assert all(layout["top"] - 0.5 <= row["y"] and row["y"] + tile <= layout["bottom"] + 0.5 for row in rows)
        assert all(lower["y"] - upper["y"] >= tile * 0.99 for upper, lower in itertools.pairwise(rows))
    xs = [column["x"] for column in layout["columns"]]
    assert xs[0] >= 0 and xs[-1] + tile <= layout["width"]
    assert all(right - left > tile * 1.5 for left, right in itertools.pairwise(xs))


def test_a_switched_off_feature_has_a_place_but_no_unit(shared):
    layout = run(shared, "network-layout.js", "m.arrange(a[0], 620, 430)", columns(2, 4, 1, features=5))
    assert [row["unit"] for row in layout["columns"][0]["rows"]] == [0, 1, None, None, None]


def test_neurons_that_do_not_fit_are_counted(shared):
    layout = run(shared, "network-layout.js", "m.arrange(a[0], 620, 430)", columns(2, 28, 1))
    assert layout["columns"][1]["more"]["count"] == 12


def test_a_links_height_is_found_along_it(shared):
    script = "[0, 25, 50, 75, 100].map((x) => m.heightAt({x0: 0, y0: 10, x1: 100, y1: 90, bend: 50}, x))"
    heights = run(shared, "network-layout.js", script)
    assert heights == pytest.approx([10, 18.5, 50, 81.5, 90], abs=0.1)


# -- texts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("loss(0.123456)", "0.1235"),
        ("loss(0.0000123)", "1.2e−5"),
        ("loss(12.345)", "12.35"),
        ("loss(null)", "–"),
        ("rate(0.03)", "0.03"),
        ("rate(0.00003)", "3.0e−5"),
        ("epochs(0.4)", "0.4"),
        ("epochs(3)", "3"),
        ("epochs(1234.9)", "1,234"),
        ("speed(7450)", "7,500"),
        ("speed(2.34)", "2.3"),
        ("number(-0.25)", "−0.250"),
        ("number(0)", "0.000"),
        ("metric('accuracy', 0.955)", "95.5 %"),
        ("metric('R²', -0.5)", "−0.500"),
        ("metric('accuracy', null)", "–"),
    ],
)
def test_numbers_read_well(shared, call, text):
    assert run(shared, "format.js", f"m.{call}") == text


OPEN = {"state": "open", "attempt": 0, "text": ""}


@pytest.mark.parametrize(
    ("link", "status", "part"),
    [
        (OPEN, None, "Connecting"),
        (OPEN, {"state": "ready"}, "Press play"),
        (OPEN, {"state": "finished"}, "Finished"),
        (OPEN, {"at": 3}, "looking at the past"),
        (OPEN, {"notice": {"level": "warning", "text": "A worker was replaced.", "id": 1}}, "A worker was replaced."),
        (OPEN, {"divergence": {"step": 1240, "layer": "layer 3", "reason": "NaN", "advice": "Be slower."}},
         "Stopped at step 1,240 in layer 3: NaN. Be slower."),
        ({"state": "waiting", "attempt": 2, "text": ""}, {"state": "playing"}, "Reconnecting"),
        ({"state": "gone", "attempt": 0, "text": ""}, None, "no longer on the server"),
        ({"state": "refused", "attempt": 0, "text": "slow down"}, None, "slow down"),
    ],
)  # fmt: skip
def test_the_notice_says_what_matters_most(shared, link, status, part):
    whole = None if status is None else status_of(**status)
    assert part in run(shared, "notices.js", "m.noticeFor(a[0], a[1], null).text", link, whole)


def test_our_own_quantisation_is_the_wires(shared):
    """The hand-written stream of these tests speaks as the real one does."""
    values = np.linspace(-1, 1, 64, dtype=np.float32).reshape(8, 8)
    assert quantised(values) == orjson.loads(wire.encode(Quantised(values, -1.0, 1.0)))


# -- photographs ---------------------------------------------------------------------------------------------------

SMALL = """await (async (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const made = await m.small(new File([bytes], "mine.zip"));
  return new Promise((done) => {
    const reader = Object.assign(new FileReader(), { onload: () => done(reader.result.split(",")[1]) });
    reader.readAsDataURL(made);
  });
})(a[0])"""


def made_small(page: Page, data: bytes) -> bytes:
    return base64.b64decode(run(page, "photos.js", SMALL, base64.b64encode(data).decode()))


def test_photographs_in_a_zip_are_made_small_and_upright_and_the_rest_stays(shared):
    slopes = np.indices((900, 600)).sum(axis=0) % 256 // 2 + 60
    photo = np.clip(slopes[..., None] + noise(900, 600).astype(int) // 8, 0, 255).astype(np.uint8)
    turned = Image.Exif()
    turned[274] = 6
    files = {
        "Äpfel/1.jpg": encoded(photo, "JPEG", quality=98, exif=turned),
        "Äpfel/2.png": encoded(noise()),
        "b/3.jpg": noise(300, 300).tobytes(),  # no image, and large
        "b/about.txt": b"x" * 300_000,
        "__MACOSX/b/._1.jpg": b"x",
    }
    assert len(files["Äpfel/1.jpg"]) > 200 * 1024
    archive = zipfile.ZipFile(io.BytesIO(made_small(shared, zipped(files))))
    assert archive.testzip() is None
    assert archive.namelist() == ["Äpfel/1.jpg", "Äpfel/2.png", "b/3.jpg"]
    assert all(archive.read(name) == files[name] for name in archive.namelist()[1:])
    small = Image.open(io.BytesIO(archive.read("Äpfel/1.jpg")))
    wanted = Image.fromarray(photo).rotate(-90, expand=True).resize((384, 256), Image.Resampling.BILINEAR)
    assert small.size == wanted.size and len(archive.read("Äpfel/1.jpg")) < 100_000
    assert np.abs(np.asarray(small, float) - np.asarray(wanted, float)).mean() < 4


@pytest.mark.parametrize("cut", [0, 30, -30])
def test_a_zip_that_is_none_is_sent_as_it_is(shared, cut):
    data = zipped({"a/1.png": encoded(noise(400, 400))})
    data = data[:cut] + b"PK" * 20 + data[cut:] if cut else b"PK\x03\x04" + noise(300, 300).tobytes()
    assert made_small(shared, data) == data
