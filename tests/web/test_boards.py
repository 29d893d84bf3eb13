"""Boards of small pictures in a real Chromium: where tiles lie, what is picked, and how a map is opened."""

import itertools

import numpy as np
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from playground.figures.vision.boards import signed
from playground.runs.wire import encode
from tests.web.test_modules import run
from tests.web.test_views import drawn, mount, run_id  # noqa: F401  (a fixture)

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["signed", "grey", "vector"]),
            "count": st.integers(1, 40),
            "size": st.lists(st.integers(1, 30), min_size=2, max_size=2),
            "indent": st.integers(0, 2),
        },
        optional={"parts": st.integers(1, 9), "sub": st.just("6 × 3"), "most": st.just(120)},
    ),
    min_size=1,
    max_size=6,
)
PICTURES = np.arange(3 * 4 * 4, dtype=np.uint8).reshape(3, 4, 4)
PICKS = [{"part": "test", "index": 5 + k} for k in range(3)]


def wire(value):
    return orjson.loads(encode(value))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ROWS, st.integers(260, 900), st.integers(100, 800), st.sampled_from(["left", "top"]), st.sampled_from([1, 1.5, 2])
)
def test_tiles_lie_side_by_side_within_the_board(shared, rows, width, height, titles, dense):
    for row in rows:
        if row["kind"] == "vector":
            row.update(size=[1, 1], parts=1)
    script = """(() => {
      const layout = m.arrange(a[0], a[1], a[2], {titles: a[3], dense: a[4]});
      const boxes = a[0].map((row, k) => Array.from({length: row.count}, (_, t) => m.tileAt(layout.rows[k], t)));
      const found = boxes.map((own) => own.map((b) => m.hit(layout, a[0], b.x + b.w / 2, b.y + b.h / 2)));
      return {height: layout.height, boxes, found, scales: layout.rows.map((place) => place.scale)};
    })()"""
    layout = run(shared, "board.js", script, rows, width, height, titles, dense)
    for k, (boxes, found) in enumerate(zip(layout["boxes"], layout["found"], strict=True)):
        for tile, (box, hit) in enumerate(zip(boxes, found, strict=True)):
            assert (hit["row"], hit["tile"]) == (k, tile), "what is pointed at is what is drawn there"
            assert box["x"] >= 0 and box["y"] >= 0 and box["y"] + box["h"] <= layout["height"] + 0.01
            assert box["x"] + box["w"] <= width + 0.01 or len({other["x"] for other in boxes}) == 1
        dots = layout["scales"][k] * dense
        assert rows[k]["kind"] == "vector" or dots < 1 or dots == pytest.approx(round(dots)), (
            "cells are whole pixels of the screen"
        )
    flat = list(itertools.chain(*layout["boxes"]))
    lines = sorted({(box["y"], box["h"]) for box in flat})
    assert all(y + h <= after + 0.01 for (y, h), (after, _) in itertools.pairwise(lines))


@pytest.mark.parametrize(("width", "height"), [(780, 540), (560, 280), (900, 800)])
def test_filters_of_several_channels_take_the_room_that_there_is(shared, width, height):
    """LeNet-5's: the second layer's 16 mosaics lie in as many lines as it takes for their parts to be made out."""
    row = {"kind": "signed", "size": [5, 5], "most": 120}
    rows = [row | {"count": 6, "parts": 1}, row | {"count": 16, "parts": 6, "most": 144}]
    layout = run(shared, "board.js", "m.arrange(a[0], a[1], a[2])", rows, width, height)
    assert 0.6 * height < layout["height"] <= height
    assert layout["rows"][1]["lines"] > 1


def test_values_are_read_where_they_are_drawn(shared):
    tiles = np.linspace(-1, 1, 2 * 5 * 3 * 4).reshape(2, 5, 3, 4)
    row = {"kind": "signed", "count": 2, "size": [3, 4], "parts": 5}
    script = """(() => {
      const tiles = m.unpacked(a[0], "signed");
      const layout = m.arrange([a[1]], 400, 300, {});
      const [place] = layout.rows;
      const read = [];
      for (let tile = 0; tile < 2; tile += 1) for (let part = 0; part < 5; part += 1) {
        const box = m.partAt(a[1], place, m.tileAt(place, tile), part);
        for (let y = 0; y < 3; y += 1) for (let x = 0; x < 4; x += 1) {
          const at = m.hit(layout, [a[1]], box.x + (x + 0.5) * place.scale, box.y + (y + 0.5) * place.scale);
          read.push(m.valueAt(tiles, at.tile, at, a[1]));
        }
      }
      return read;
    })()"""
    read = run(shared, "board.js", script, wire(signed(tiles)), row)
    np.testing.assert_allclose(read, tiles.ravel(), atol=0.005)


def test_a_press_picks_an_image_for_the_whole_page(page, stage, run_id):  # noqa: F811
    board = {"view": "mistakes", "height": "300px", "options": {}, "label": "Mistakes"}
    mount(page, "board", "board", run_id, **board)
    mount(page, "maps", "board", run_id, **{**board, "view": "feature_maps", "follow": True})
    viewer = stage.viewer(run_id)
    row = {"kind": "grey", "size": [4, 4], "count": 3, "tiles": PICTURES, "picks": PICKS, "names": list("abc")}
    base = {"about": "Three of them", "titles": "top"}
    number = viewer.send({"mistakes": {"rev": 1, "base": base, "frame": wire({"rows": [row], "note": "three"})}})
    drawn(page, viewer, number)
    canvas = page.get_by_label("Three of them")
    expect(page.get_by_text("three", exact=True)).to_be_visible()
    canvas.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("b", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    while (views := viewer.hears("watch")["views"]).get("feature_maps", {}).get("image") != PICKS[1]:
        pass
    assert "image" not in views["mistakes"], "only who follows is told"
    assert page.locator("#board .np-board-frames i").count() == 1
    kept = page.evaluate("id => sessionStorage.getItem(`np-picked:${id}`)", f"{run_id}")
    assert orjson.loads(kept) == PICKS[1]
    canvas.click(position={"x": 10, "y": 10})
    while viewer.hears("watch")["views"]["feature_maps"]["image"] != PICKS[0]:
        pass


def test_a_map_is_opened_worked_out_and_closed(page, stage, run_id):  # noqa: F811
    mount(page, "maps", "maps", run_id, view="feature_maps", height="400px", options={}, label="Maps", follow=True)
    viewer = stage.viewer(run_id)
    maps = np.linspace(-1, 1, 2 * 4 * 4).reshape(2, 4, 4)
    row = {"title": "Convolution", "path": [2], "kind": "signed", "count": 2, "size": [4, 4], "press": True}
    frame = wire({"rows": [{"tiles": signed(maps)}], "note": ""})
    drawn(page, viewer, viewer.send({"feature_maps": {"rev": 1, "base": {"rows": [row]}, "frame": frame}}))
    page.mouse.move(30, 30)  # over the board, where it rests: the keys go on as if it were not there
    page.locator("#maps canvas").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    while "map_detail" not in (views := viewer.hears("watch")["views"]):
        pass
    assert views == {"map_detail": {"path": [2], "unit": 0, "image": None}}
    base = {
        "how": "sum", "label": "Convolution", "unit": 0, "channels": [0], "of": 1, "window": [2, 1, 0, 1],
        "size": [3, 3], "given": [4, 4],
    }  # fmt: skip
    detail = {
        "inputs": signed(maps[:1]), "output": signed(maps[:1, :3, :3]), "at": [1, 2], "value": 0.75, "bias": 0.25,
        "kernels": signed(np.ones((1, 2, 2))), "numbers": np.ones((1, 2, 2), np.float32),
        "parts": signed(maps[:1, :3, :3]), "adds": [0.5], "rest": 0.0, "cells": np.ones((1, 2, 2), np.float32),
    }  # fmt: skip
    drawn(page, viewer, viewer.send({"map_detail": {"rev": 1, "base": base, "frame": wire(detail)}}))
    expect(page.get_by_text("0.50 + bias 0.25 = 0.75")).to_be_visible()
    output = page.get_by_label("Map 1: the arrow keys choose the pixel that is worked out")
    output.focus()
    page.keyboard.press("ArrowUp")
    while (wanted := viewer.hears("watch")["views"]["map_detail"]).get("row") is None:
        pass
    assert (wanted["row"], wanted["column"]) == (0, 2)
    page.keyboard.press("Escape")
    while "feature_maps" not in viewer.hears("watch")["views"]:
        pass
    expect(page.get_by_label("How this map is made")).to_be_hidden()


@pytest.mark.parametrize("channels", [1, 3])
def test_an_uploaded_picture_becomes_pixels(shared, channels):
    """A picture of two colours, its left half red and its right half blue, as a browser makes it small."""
    script = """(async () => {
      const big = new OffscreenCanvas(300, 200);
      const context = big.getContext("2d");
      context.fillStyle = "#ff0000"; context.fillRect(0, 0, 150, 200);
      context.fillStyle = "#0000ff"; context.fillRect(150, 0, 150, 200);
      const file = new File([await big.convertToBlob()], "flag.png");
      return [...atob(await m.pixelsOf(file, a[0], 8, 8))].map((letter) => letter.charCodeAt(0));
    })()"""
    found = np.array(run(shared, "upload.js", script.replace("(async", "await (async", 1), channels)).reshape(
        channels, 8, 8
    )
    expected = {1: [[76, 29]], 3: [[255, 0], [0, 0], [0, 255]]}[channels]
    for plane, (left, right) in zip(found, expected, strict=True):
        np.testing.assert_allclose(plane[:, :2], left, atol=2)
        np.testing.assert_allclose(plane[:, 6:], right, atol=2)


def test_the_filter_looked_into_stays_the_one_when_the_rows_change(page, stage, run_id):  # noqa: F811
    mount(page, "filters", "filters", run_id, view="filters", height="420px", options={}, label="Filters")
    viewer = stage.viewer(run_id)
    row = {"title": "Convolution", "kind": "signed", "count": 3, "size": [2, 2], "unit": "filter"}
    tiles = {"tiles": wire(signed(np.ones((3, 2, 2))))}

    def show(rev, *rows):
        frame = {"rows": [tiles] * len(rows), "note": ""}
        return viewer.send(
            {"filters": {"rev": rev, "base": {"about": "All filters", "rows": list(rows)}, "frame": frame}}
        )

    def asked(path, unit):
        while viewer.hears("watch")["views"].get("patches") != {"path": path, "unit": unit}:
            pass

    show(1, {**row, "path": [0]}, {**row, "path": [3]})
    asked([0], 0)
    page.get_by_label("All filters").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    asked([3], 1)
    drawn(page, viewer, show(2, *({**row, "path": [3], "of": filter} for filter in range(3))))
    assert page.locator("#filters .np-board-frames i").count() == 1
    drawn(page, viewer, show(3, {**row, "path": [0]}))
    asked([0], 0)
