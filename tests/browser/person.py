"""What a person does on the playground's page, and what they see there: the vocabulary of the stories."""

import math
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from playground.experiment import Experiment

# Runs before anything of the page: every connection of the page gets a member that only takes notes.
SPY = """
globalThis.__networkPlayground = { connections: new (class extends Map {
  set(url, connection) {
    connection.notes = { steps: {}, frames: [] };
    connection.add({
      name: "spy", views: () => ({}), link() {}, sought() {}, error() {},
      draw({ status, views }) {
        for (const [name, view] of Object.entries(views)) connection.notes.steps[name] = view.step;
        connection.notes.frames.push({ now: performance.now(), step: status.step, views: Object.keys(views) });
      },
    });
    return super.set(url, connection);
  }
})() };
"""

# The page's connection to its run. Waiting for what it has heard is waiting for an event; what is asserted is, wherever
# that is possible, what is drawn.
CONNECTION = "[...__networkPlayground.connections.values()].at(-1)"

DRAWN = """() => document.querySelectorAll(".np-plot[data-ready]").length === 2
  && document.querySelector(".np-network[data-ready]") && document.querySelector(".np-transport[data-ready]")
  && document.querySelector(".st-key-curves .main-svg") && document.querySelector(".st-key-boundary .main-svg")"""

# A picture of what is drawn now: equal texts are equal pixels.
BOUNDARY = "document.querySelector('.st-key-boundary .heatmaplayer image')?.href.baseVal"
DIAGRAM = "document.querySelector('.np-net-canvas').toDataURL()"
LOSS = "[...document.querySelector('.st-key-curves .np-plot-node').data[1].y]"

NODES = """[".st-key-boundary .np-plot-node", ".st-key-boundary .main-svg", ".st-key-curves .np-plot-node",
  ".st-key-curves .main-svg", ".np-net-canvas", ".np-transport"].map((place) => document.querySelector(place))"""


def swung(before: list, after: list, height: float) -> float:
    """By how many pixels of the hand a camera has gone round the vertical axis between two places of its eye.

    height: of the scene, in pixels; a hand that moves so far turns it half round.
    """
    (x, y), (u, v) = (map(float, eye[:2]) for eye in (before, after))
    return abs(math.atan2(x * v - y * u, x * u + y * v)) / math.pi * height


def described(*layers: dict, data: dict | None = None, **training: Any) -> Experiment:
    """A small experiment of these layers; plain SGD on the circle unless told otherwise."""
    return Experiment.model_validate(
        {
            "v": 1,
            "data": {"kind": "circle", "samples": 200, "test_fraction": 0.5, **(data or {})},
            "network": layers,
            "training": {"loss": {"kind": "mse"}, "optimizer": {"kind": "sgd", "lr": 0.03}, "batch_size": 10}
            | training,
        }
    )


def linear(units: int) -> dict[str, Any]:
    """A linear layer."""
    return {"kind": "linear", "units": units}


class Person:
    """One browser tab on the playground."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add_init_script(SPY)

    # -- coming -----------------------------------------------------------------------------------------------------

    def open(self, experiment: Experiment | None = None) -> "Person":
        """Open the playground as a newcomer, or at the link of an experiment, and wait until all is drawn."""
        self.page.mouse.move(1, 1)  # nothing is pointed at
        self.page.goto(f"/?x={experiment.to_link()}" if experiment else "/")
        return self.settled()

    def settled(self) -> "Person":
        """Wait until every view is drawn and the address bar holds the experiment and its run."""
        self.page.wait_for_function(DRAWN)
        self.page.wait_for_function("() => new URL(location).searchParams.get('run')")
        return self

    @property
    def run(self) -> str:
        """The id of the run in the address bar."""
        return self._address("run")

    @property
    def experiment(self) -> Experiment:
        """What the address bar holds."""
        return Experiment.from_link(self._address("x"))

    def _address(self, name: str) -> str:
        return parse_qs(urlsplit(self.page.evaluate("location.href")).query)[name][0]

    def changes_address(self, act: Any) -> Experiment:
        """Do `act`, wait until the address bar and then the page follow, and give what the address holds then."""
        before = self._address("x")
        act()
        self.page.wait_for_function("before => new URL(location).searchParams.get('x') !== before", arg=before)
        self.page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        return self.experiment

    # -- the transport ----------------------------------------------------------------------------------------------

    @property
    def transport(self) -> Locator:
        """Buttons, readouts and timeline."""
        return self.page.get_by_role("group", name="Training controls")

    def press(self, name: str) -> None:
        """Press one of the transport's buttons: Play, Pause, Reset, One step, One epoch, New weights, Live ..."""
        self.transport.get_by_role("button", name=name).click()

    def play(self) -> None:
        """Press play and see it train."""
        self.press("Play")
        self.until("status.state === 'playing' && status.step > 0")

    def pause(self) -> int:
        """Press pause; the step at which it rests."""
        self.press("Pause")
        self.until("status.state === 'paused'")
        return self.step

    def train(self, *, epochs: int = 0, steps: int = 0) -> int:
        """Press one epoch and one step so often, each when the one before is done; the step at which it rests."""
        for name, count in (("One epoch", epochs), ("One step", steps)):
            for _ in range(count):
                status = self.status
                per_epoch = status["steps_per_epoch"]
                epoch = (status["step"] // per_epoch + 1) * per_epoch
                self.press(name)
                self.rests_at(epoch if name == "One epoch" else status["step"] + 1)
        return self.step

    def rests_at(self, step: int) -> None:
        """Wait until the run rests at exactly this step, and everything shows it."""
        self.until("status.step === step && status.state !== 'playing'", step=step)
        self.reads("Step", f"{step:,}")
        self.drawn_at(step)

    def readout(self, name: str) -> Locator:
        """The value beside a label: Epoch, Step, Train loss, Learning rate ..."""
        term = self.page.locator("dt").get_by_text(name, exact=True)
        return self.transport.locator(".np-readouts div").filter(has=term).locator("dd")

    def reads(self, name: str, text: str) -> None:
        """Expect a readout to say exactly this."""
        expect(self.readout(name)).to_have_text(text)

    @property
    def notice(self) -> Locator:
        """The one line that says what a person has to know."""
        return self.transport.get_by_role("status").and_(self.page.locator(".np-notice"))

    # -- the live stream --------------------------------------------------------------------------------------------

    @property
    def status(self) -> dict[str, Any]:
        """What the stream said last of the run."""
        return self.page.evaluate(f"{CONNECTION}.status")

    @property
    def notes(self) -> dict[str, Any]:
        """What was drawn since the page was opened: the frames, and the step that each view shows."""
        return self.page.evaluate(f"{CONNECTION}.notes")

    @property
    def step(self) -> int:
        """How far the run is."""
        return self.status["step"]

    def until(self, condition: str, **values: Any) -> None:
        """Wait until a JavaScript condition on `status`, `stats` or `notes` holds; `values` are names in it."""
        names = ", ".join(values)
        self.page.wait_for_function(
            f"""({{ {names} }}) => {{
              const connection = {CONNECTION};
              if (!connection?.status) return false;
              const {{ status, stats, notes }} = connection;
              return {condition};
            }}""",
            arg=values,
        )

    def drawn_at(self, step: int) -> None:
        """Wait until boundary and diagram show the network of this step."""
        self.until("notes.steps.boundary === step && notes.steps.network === step", step=step)

    def frames(self, count: int) -> None:
        """Wait until so many more frames are drawn."""
        drawn = self.page.evaluate(f"{CONNECTION}.stats.drawn")
        self.until("stats.drawn >= drawn", drawn=drawn + count)

    def goes_on(self, steps: int = 1) -> None:
        """Wait until the run is at least so many steps further than now."""
        self.until("status.step >= step", step=self.step + steps)

    # -- what is drawn ----------------------------------------------------------------------------------------------

    @property
    def boundary(self) -> str:
        """The picture of the boundary."""
        return self.page.evaluate(BOUNDARY)

    @property
    def diagram(self) -> str:
        """The picture of the network, every tile and every weight."""
        return self.page.evaluate(DIAGRAM)

    def differs(self, what: str, picture: Any) -> None:
        """Wait until BOUNDARY, DIAGRAM or LOSS is another one than `picture`."""
        self.page.wait_for_function(f"before => JSON.stringify({what}) !== JSON.stringify(before)", arg=picture)

    def keep_nodes(self) -> None:
        """Remember the nodes that everything is drawn in, for `same_nodes`."""
        self.page.evaluate(f"() => {{ globalThis.keptNodes = {NODES}; }}")

    @property
    def same_nodes(self) -> list[bool]:
        """For each of them, whether it is still the node on the page."""
        return self.page.evaluate(
            f"() => {NODES}.map((node, i) => node !== null && node.isConnected && node === keptNodes[i])"
        )

    # -- the panel --------------------------------------------------------------------------------------------------

    def tab(self, name: str) -> Locator:
        """Open a tab of the panel."""
        self.page.get_by_role("tab", name=name, exact=True).click()
        return self.page.get_by_role("tabpanel", name=name)

    def fill(self, label: str, value: object) -> None:
        """Type a number into a field of the panel and leave it."""
        field = self.page.locator(".st-key-panel").get_by_role("spinbutton", name=label, exact=True)
        field.fill(str(value))
        field.press("Enter")

    def choose(self, label: str, option: str) -> None:
        """Pick from one of the panel's drop-downs."""
        box = self.page.locator(".st-key-panel").get_by_role("combobox", name=label, exact=True)
        box.scroll_into_view_if_needed()
        # The scrolling is told to the page in its next frame, and would close a list that is open by then.
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        box.click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def preset(self, title: str) -> Experiment:
        """Take a preset."""
        self.page.get_by_role("button", name="Presets").click()
        found = self.changes_address(self.page.get_by_role("button", name=title, exact=True).click)
        self.page.keyboard.press("Escape")
        return found

    def card(self, place: str) -> Locator:
        """A card of the layer stack: "0" is the first layer, "2.1" the second in the block that is the third."""
        return self.page.locator(f'li.card[data-path="{place}"]')

    def tool(self, place: str, name: str) -> Experiment:
        """Press a button of a card: Move, Duplicate, Remove ..."""
        return self.changes_address(self.card(place).get_by_role("button", name=re.compile(f"^{name}")).click)

    def units(self, place: str, count: int) -> None:
        """Type how many units a layer has."""
        field = self.card(place).get_by_role("spinbutton", name="Units")
        field.fill(str(count))
        field.press("Enter")
