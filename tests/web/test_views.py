"""What a person sees move: the components in a real Chromium, fed by a stream that the test writes."""

import queue

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.web.stage import Stage, Viewer, boundary, network

PLOT = {"view": "boundary", "height": "400px", "options": {"resolution": 100}}
DIAGRAM = {"height": "400px", "options": {}}


def mount(page: Page, node: str, kind: str, run_id: str, **data: object) -> None:
    page.evaluate("a => mount(...a)", [node, kind, {"run_id": run_id, **data}])


def slope(turn: float = 0.0, side: int = 20) -> np.ndarray:
    axis = np.linspace(-1, 1, side)
    return np.clip(np.cos(turn) * axis[None, :] + np.sin(turn) * axis[:, None], -1, 1)


@pytest.fixture
def run_id(stage: Stage) -> str:
    return stage.name()


def drawn(page: Page, viewer: Viewer, number: int) -> None:
    """Wait until a frame is drawn: its acknowledgement follows the drawing."""
    while viewer.hears("ack")["n"] < number:
        pass


def plot(page: Page, stage: Stage, run_id: str, **data: object) -> Viewer:
    """A boundary on the page, its first frame drawn."""
    mount(page, "plot", "plot", run_id, **{**PLOT, **data})
    viewer = stage.viewer(run_id)
    number = viewer.send({"boundary": boundary(slope())})
    drawn(page, viewer, number)
    page.wait_for_selector(".np-plot[data-ready] .heatmaplayer image")
    return viewer


# -- the connection ------------------------------------------------------------------------------------------------


def test_components_of_a_page_share_one_socket(page, stage, run_id):
    mount(page, "plot", "plot", run_id, **PLOT)
    mount(page, "net", "network", run_id, **DIAGRAM)
    mount(page, "bar", "transport", run_id)
    viewer = stage.viewer(run_id)
    while (watch := viewer.hears("watch")) and len(watch["views"]) < 2:
        pass
    assert watch == {"t": "watch", "views": {"boundary": {"resolution": 100}, "network": {}}, "at": None}
    with pytest.raises(queue.Empty):
        stage._arrivals[run_id].get_nowait()


def test_a_component_that_joins_later_draws_what_is_known(page, stage, run_id):
    plot(page, stage, run_id)
    mount(page, "second", "plot", run_id, **PLOT)
    page.wait_for_selector("#second .np-plot[data-ready] .heatmaplayer image")


def test_a_component_taken_down_is_no_longer_watched(page, stage, run_id):
    viewer = plot(page, stage, run_id)
    mount(page, "bar", "transport", run_id)
    page.evaluate("() => { const n = document.getElementById('plot'); n.remove(); n.takeDown(); }")
    while viewer.hears("watch")["views"]:
        pass
    page.evaluate("() => { const n = document.getElementById('bar'); n.remove(); n.takeDown(); }")
    viewer.hears("gone")
    assert page.evaluate("__networkPlayground.connections.size") == 0


def test_latest_wins(own_page, stage, run_id):
    """Frames that come faster than they are drawn are skipped, and only what is drawn is acknowledged."""
    viewer = plot(own_page, stage, run_id)
    before = own_page.evaluate("connection().stats.drawn")
    # Hold the page still while ten frames arrive, as a slow machine would.
    own_page.evaluate("globalThis.held = requestAnimationFrame; globalThis.requestAnimationFrame = () => 1; undefined")
    for turn in range(10):
        last = viewer.send({"boundary": boundary(slope(turn), base=False)}, step=turn)
    own_page.wait_for_function("n => connection().pending?.n === n", arg=last)
    own_page.evaluate("globalThis.requestAnimationFrame = held; connection().drawing = null; undefined")
    last = viewer.send({"boundary": boundary(slope(2.0), base=False)}, step=2)
    drawn(own_page, viewer, last)
    assert own_page.evaluate("connection().stats.drawn") - before == 1
    shown = own_page.evaluate("[...document.querySelector('.np-plot-node').calcdata[0][0].z].map((row) => [...row])")
    assert np.allclose(shown, slope(2.0), atol=0.01)


def test_it_comes_back_after_a_lost_connection(page, stage, run_id):
    viewer = plot(page, stage, run_id)
    node = page.evaluate_handle("document.querySelector('.main-svg')")
    viewer.close(1012)
    again = stage.viewer(run_id)
    again.hears("watch")
    drawn(page, again, again.send({"boundary": boundary(slope(1.0), rev=1)}))
    assert page.evaluate("node => node === document.querySelector('.main-svg')", node)


def test_a_frame_without_its_base_makes_it_start_over(page, stage, run_id):
    viewer = plot(page, stage, run_id)
    viewer.send({"boundary": boundary(slope(), rev=7, base=False)})
    again = stage.viewer(run_id)
    drawn(page, again, again.send({"boundary": boundary(slope(), rev=7)}))


def test_a_run_that_is_gone_is_not_asked_for_again(page, stage, run_id):
    mount(page, "bar", "transport", run_id)
    stage.viewer(run_id).close(4404, "There is no such run on this server.")
    expect(page.locator(".np-notice")).to_contain_text("no longer on the server")
    assert page.evaluate("emitted") == [["gone", run_id]]
    with pytest.raises(queue.Empty):
        stage._arrivals[run_id].get(timeout=1.5)


def test_another_run_takes_the_old_ones_place_without_a_blank(page, stage, run_id):
    viewer = plot(page, stage, run_id)
    node = page.evaluate_handle("document.querySelector('.np-plot-node')")
    other = stage.name()
    mount(page, "plot", "plot", other, **PLOT)
    second = stage.viewer(other)
    viewer.hears("gone")
    assert page.locator(".heatmaplayer image").count() == 1  # the old picture stays until the new one comes
    drawn(page, second, second.send({"boundary": boundary(slope(0.5), rev=1)}))
    assert page.evaluate("node => node === document.querySelector('.np-plot-node')", node)


def test_a_hidden_page_watches_nothing(own_page, stage, run_id):
    viewer = plot(own_page, stage, run_id)
    hide = """hidden => {
      Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    own_page.evaluate(hide, True)
    while viewer.hears("watch")["views"]:
        pass
    number = viewer.send({})
    assert viewer.hears("ack")["n"] == number  # so that the server need not wait for it
    own_page.evaluate(hide, False)
    assert viewer.hears("watch")["views"] == {"boundary": {"resolution": 100}}


# -- plots ---------------------------------------------------------------------------------------------------------


def test_the_plots_nodes_are_the_same_from_first_frame_to_last(page, stage, run_id):
    viewer = plot(page, stage, run_id)
    parts = "['.np-plot-node', '.main-svg', '.heatmaplayer image'].map((c) => document.querySelector(c))"
    nodes = page.evaluate_handle(parts)
    for turn in np.linspace(0, 3, 12):
        drawn(page, viewer, viewer.send({"boundary": boundary(slope(turn), base=False)}))
    assert page.evaluate(f"nodes => {parts}.every((node, i) => node && node === nodes[i])", nodes)


def test_zoom_survives_frames_options_and_theme(page, stage, run_id):
    viewer = plot(page, stage, run_id)
    page.mouse.move(400, 150)
    page.mouse.down()
    page.mouse.move(800, 250, steps=4)
    page.mouse.up()
    seen = "['xaxis', 'yaxis'].map((axis) => document.querySelector('.np-plot-node')._fullLayout[axis].range)"
    page.wait_for_function(f"{seen}[0][0] > -6")
    zoomed = page.evaluate(seen)
    for turn in (1.0, 2.0):
        drawn(page, viewer, viewer.send({"boundary": boundary(slope(turn), base=False)}))
    mount(page, "plot", "plot", run_id, **{**PLOT, "options": {"resolution": 50}})
    drawn(page, viewer, viewer.send({"boundary": boundary(slope(1.5, 50), rev=2)}))
    page.evaluate("document.body.style.setProperty('--st-background-color', '#101418')")
    mount(page, "plot", "plot", run_id, **PLOT)
    assert page.evaluate(seen) == zoomed


@pytest.mark.parametrize("turn", [0.3, 2.0, 4.0])
def test_the_quick_way_to_a_heat_map_paints_what_plotly_paints(page, stage, run_id, turn):
    viewer = plot(page, stage, run_id)
    drawn(page, viewer, viewer.send({"boundary": boundary(slope(turn), base=False)}))
    pixels = """async () => {
      const image = document.querySelector('.heatmaplayer image');
      const picture = new Image();
      picture.src = image.getAttribute('href') ?? image.getAttribute('xlink:href');
      await picture.decode();
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const context = canvas.getContext('2d');
      context.drawImage(picture, 0, 0);
      return [...context.getImageData(0, 0, picture.width, picture.height).data];
    }"""
    quick = np.array(page.evaluate(pixels))
    page.evaluate("""() => { const node = document.querySelector('.np-plot-node');
      node.data[0].z = node.data[0].z.map((row) => Float32Array.from(row));
      return Plotly.redraw(node).then(() => null); }""")
    slow = np.array(page.evaluate(pixels))
    assert quick.shape == slow.shape
    assert np.abs(quick - slow).max() <= 1


def test_the_plot_takes_the_pages_colours_and_size(page, stage, run_id):
    viewer = plot(page, stage, run_id)
    page.evaluate("document.body.style.setProperty('--st-text-color', 'rgb(250, 240, 230)')")
    mount(page, "plot", "plot", run_id, **{**PLOT, "height": "300px"})
    page.wait_for_function("document.querySelector('.np-plot-node')._fullLayout.height === 300")
    assert page.evaluate("document.querySelector('.np-plot-node')._fullLayout.font.color") == "rgb(250, 240, 230)"
    page.set_viewport_size({"width": 800, "height": 600})
    page.wait_for_function("document.querySelector('.np-plot-node')._fullLayout.width === 800")
    drawn(page, viewer, viewer.send({"boundary": boundary(slope(1.0), base=False)}))


def test_a_lens_that_failed_says_so_in_its_place(page, stage, run_id):
    viewer = plot(page, stage, run_id)
    drawn(page, viewer, viewer.send({"boundary": {"rev": 1, "error": "The network has no output."}}))
    expect(page.locator(".np-plot").first).to_have_attribute("data-failure", "The network has no output.")
    drawn(page, viewer, viewer.send({"boundary": boundary(slope(), base=False)}))
    expect(page.locator(".np-plot").first).to_have_attribute("data-failure", "")


def test_a_screen_reader_hears_what_the_plot_is(page, stage, run_id):
    plot(page, stage, run_id)
    assert page.get_by_role("figure", name="A boundary").count() == 1


# -- the network diagram -------------------------------------------------------------------------------------------


def diagram(page: Page, stage: Stage, run_id: str) -> Viewer:
    mount(page, "net", "network", run_id, **DIAGRAM)
    viewer = stage.viewer(run_id)
    drawn(page, viewer, viewer.send({"network": network()}))
    page.wait_for_selector(".np-network[data-ready]")
    return viewer


def test_units_are_changed_above_their_column(page, stage, run_id):
    viewer = diagram(page, stage, run_id)
    more = page.get_by_role("button", name="One unit more in Linear 3 · tanh")
    more.click()
    more.click()
    expect(page.locator(".np-net-units span").nth(1)).to_have_text("5")  # at once, before the server answers
    edits = [{"op": "units", "path": [0], "delta": 1, "units": n} for n in (4, 5)]
    assert page.evaluate("emitted") == [["edit", edit] for edit in edits]
    drawn(page, viewer, viewer.send({"network": network(units=5, rev=2)}))
    expect(page.locator(".np-net-tile")).to_have_count(3 + 5 + 1)
    assert page.evaluate("document.activeElement.ariaLabel") == "One unit more in Linear 5 · tanh"


def test_the_last_unit_stays(page, stage, run_id):
    viewer = diagram(page, stage, run_id)
    drawn(page, viewer, viewer.send({"network": network(units=1, rev=2)}))
    expect(page.get_by_role("button", name="One unit fewer in Linear 1 · tanh")).to_be_disabled()


def test_inputs_are_switched_where_they_are_seen(page, stage, run_id):
    diagram(page, stage, run_id)
    page.get_by_role("button", name="Input x₁·x₂: off").click()
    page.get_by_role("button", name="Input x₂: on").click()
    page.get_by_role("button", name="Input x₁: on").click()
    page.get_by_role("button", name="Input x₁·x₂: on").click()  # the last one stays on
    assert [edit["features"] for _, edit in page.evaluate("emitted")] == [
        ["x1", "x2", "x1_x2"],
        ["x1", "x1_x2"],
        ["x1_x2"],
    ]


def test_a_wish_that_is_not_granted_is_taken_back(own_page, stage, run_id):
    own_page.clock.install()
    diagram(own_page, stage, run_id)
    own_page.get_by_role("button", name="One unit more in Linear 3 · tanh").click()
    expect(own_page.locator(".np-net-units span").nth(1)).to_have_text("4")
    own_page.clock.run_for(4500)
    expect(own_page.locator(".np-net-units span").nth(1)).to_have_text("3")


def test_a_neuron_tells_its_numbers(page, stage, run_id):
    viewer = diagram(page, stage, run_id)
    page.get_by_role("button", name="Linear 3 · tanh, unit 2").hover()
    card = page.get_by_role("tooltip")
    expect(card).to_contain_text("Linear 3 · tanh, unit 2")
    expect(card).to_contain_text("tanh( 0.50·x₁ + 0.50·x₂ + 0 )")
    drawn(page, viewer, viewer.send({"network": network(weight=-1.25, base=False)}))
    expect(card).to_contain_text("tanh( −1.25·x₁ − 1.25·x₂ + 0 )")  # it goes on telling while the network trains
    page.mouse.move(5, 390)
    expect(card).to_be_hidden()


def test_a_link_tells_its_weight(page, stage, run_id):
    diagram(page, stage, run_id)
    place = """async () => {
      const m = await import(STATIC + 'network-layout.js');
      const box = document.querySelector('.np-net-overlay').getBoundingClientRect();
      const layout = m.arrange(connection().views.network.base, box.width, 400);
      const curve = m.curve(layout, layout.columns[1].rows[0], layout.columns[2].rows[0]);
      const x = curve.x0 + 20;
      return [box.left + x, box.top + m.heightAt(curve, x)];
    }"""
    page.mouse.move(*page.evaluate(place))
    expect(page.get_by_role("tooltip")).to_contain_text("Linear 3 · tanh, unit 1 → blue")
    expect(page.get_by_role("tooltip")).to_contain_text("weight 0.500")


def test_the_diagram_is_reached_by_keyboard(page, stage, run_id):
    diagram(page, stage, run_id)
    page.locator(".np-net-tile[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.ariaLabel") == "Linear 3 · tanh, unit 2"
    expect(page.get_by_role("tooltip")).to_contain_text("unit 2")
    assert page.locator(".np-net-tile[tabindex='0']").count() == 1


def test_six_columns_of_sixteen_leave_most_of_a_frame_to_the_rest(page, stage, run_id):
    mount(page, "net", "network", run_id, **DIAGRAM)
    viewer = stage.viewer(run_id)
    drawn(page, viewer, viewer.send({"network": network(units=16, hidden=4)}))
    page.wait_for_selector(".np-network[data-ready]")
    times = []
    for weight in np.linspace(-2, 2, 15):
        drawn(page, viewer, viewer.send({"network": network(units=16, hidden=4, weight=weight, base=False)}))
        times.append(page.evaluate("connection().stats.views.network"))
    assert np.median(times) < 8  # ms of a frame's 66; 1 ms on two quiet cores
