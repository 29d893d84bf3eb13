"""Makes the pictures of the README from the real app: ``make pictures``.

It starts the server, opens it in Chromium as the browser tests do, and saves what a person would see: PNG stills here
and one moving picture, a spiral that is learnt, as GIF.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from playground.experiment import Experiment  # noqa: E402
from playground.experiment.presets import PRESETS  # noqa: E402
from playground.settings import settings  # noqa: E402
from tests.browser import chromium  # noqa: E402
from tests.browser.person import Person  # noqa: E402
from tests.browser.serving import Server  # noqa: E402

WIDTH, HEIGHT = 1366, 768
COLOURS = 128
FILM_WIDTH, FILM_COLOURS, FILM_FRAMES, FRAME_MS, LAST_MS = 800, 64, 44, 130, 2500
FILM_STEPS = 500
"""Steps of training between two frames of the film."""
LOOKED_AT = {"x": 360, "y": 180, "width": WIDTH - 360, "height": HEIGHT - 180}
"""What the film shows of the page: diagram, boundary and curves."""


def preset(name: str) -> Experiment:
    """The experiment of a preset."""
    return PRESETS[name].experiment


def save(page: Page, name: str) -> None:
    """The page as a PNG of few colours: a third of the size, and no eye sees it."""
    page.mouse.move(1, 1)
    page.wait_for_timeout(700)  # tooltips fade, lists close; nothing tells when they are done
    still(page).save(HERE / f"{name}.png", optimize=True)


def still(page: Page, clip: dict[str, int] | None = None, colours: int = COLOURS) -> Image.Image:
    """The page, or a part of it, in few colours."""
    shot = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
    return shot.quantize(colours, dither=Image.Dither.NONE)


def trained(person: Person, name: str, steps: int) -> Person:
    """Open a preset and train it for so many steps."""
    person.open(preset(name))
    go_on(person, steps)
    return person


def go_on(person: Person, steps: int) -> None:
    """Exactly so many steps further."""
    target = person.step + steps
    person.page.evaluate("steps => [...__networkPlayground.connections.values()].at(-1).control('step', steps)", steps)
    person.until("status.step >= step && status.state !== 'playing'", step=target)
    person.drawn_at(target)


def look_at(person: Person, view: str) -> None:
    """Open one of the views in the middle."""
    person.page.get_by_role("radio", name=view, exact=True).click()
    expect(person.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
    person.page.wait_for_timeout(1500)  # views that look back over the run fill in bit by bit


def film(person: Person) -> None:
    """A spiral, from random weights to the answer."""
    person.open(preset("spiral"))
    person.page.mouse.move(1, 1)
    frames = [shot for shot in _shots(person)]
    # One palette for all: colours that change from frame to frame would flicker.
    palette = frames[-1].quantize(FILM_COLOURS, dither=Image.Dither.NONE)
    drawn = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    lasts = [FRAME_MS] * (len(drawn) - 1) + [LAST_MS]
    drawn[0].save(HERE / "film.gif", save_all=True, append_images=drawn[1:], duration=lasts, loop=0, optimize=True)


def _shots(person: Person) -> Iterator[Image.Image]:
    size = FILM_WIDTH, round(LOOKED_AT["height"] * FILM_WIDTH / LOOKED_AT["width"])
    for _ in range(FILM_FRAMES):
        shot = Image.open(io.BytesIO(person.page.screenshot(clip=LOOKED_AT))).convert("RGB")
        yield shot.resize(size, Image.Resampling.LANCZOS)
        go_on(person, FILM_STEPS)


def screen(person: Person) -> None:
    """The whole page, on its way through the spiral."""
    trained(person, "spiral", 9000)
    save(person.page, "playground")


def by_hand(person: Person) -> None:
    """A neuron's formula, open to be changed."""
    trained(person, "tensorflow-playground", 1500)
    person.page.locator(".np-net-tile").nth(10).click()
    expect(person.page.get_by_role("dialog")).to_be_visible()
    save(person.page, "by-hand")


def painted(person: Person) -> None:
    """A stroke of the brush, and the boundary that follows it."""
    base = preset("spiral")
    adam = {**base.training.model_dump(), "optimizer": {"kind": "adam", "lr": 0.01}}
    page = person.open(base.replace(data=preset("tensorflow-playground").data, training=adam)).page
    go_on(person, 1500)
    page.get_by_role("button", name="Paint").click()
    surface = page.locator(".np-paint-surface")
    expect(surface).to_be_visible()
    page.get_by_role("group", name="What to paint").get_by_role("button").nth(1).click()
    box = surface.bounding_box()
    assert box is not None
    for row in range(3):
        height = box["y"] + (0.03 + 0.03 * row) * box["height"]
        page.mouse.move(box["x"] + 0.1 * box["width"], height)
        page.mouse.down()
        for part in range(30):
            page.mouse.move(box["x"] + (0.1 + 0.027 * part) * box["width"], height)
        page.mouse.up()
    expect(page.get_by_role("button", name="Painted points", exact=False).first).to_be_visible()
    page.wait_for_timeout(1500)
    go_on(person, 4000)
    save(page, "painting")


def inside(person: Person) -> None:
    """Gradients that vanish, in a tower of sigmoids."""
    trained(person, "sigmoid-tower", 2500)
    look_at(person, "Inside")
    save(person.page, "inside")


def results(person: Person) -> None:
    """Which flowers are taken for which."""
    page = trained(person, "iris", 150).page
    look_at(person, "Results")
    page.locator(".np-confusion button").nth(5).click()
    page.wait_for_timeout(800)
    save(page, "results")


def code(person: Person) -> None:
    """The experiment in PyTorch."""
    trained(person, "curve", 1500)
    look_at(person, "Code")
    save(person.page, "code")


def presets(person: Person) -> None:
    """The gallery of presets."""
    person.open()
    person.page.get_by_role("button", name="Presets").click()
    person.page.wait_for_timeout(2000)
    save(person.page, "presets")


def landscape(person: Person) -> None:
    """The way of a run through its loss landscape, in the plane in which it moved most."""
    page = trained(person, "spiral", 6000).page
    page.get_by_role("link", name="Landscape").click()
    page.get_by_role("combobox", name="Plane").click()
    page.keyboard.type("Principal")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-contour .xtitle")).to_contain_text("principal component 1")
    page.wait_for_timeout(1500)
    save(page, "landscape")


def race(person: Person) -> None:
    """Six optimizers, half-way to the minimum of Beale's function."""
    page = person.page
    page.goto("/landscape")
    page.get_by_role("radio", name="Race").click()
    player = page.locator(".np-race")
    expect(player).to_have_attribute("data-state", "done")
    player.get_by_role("button", name="Pause").click()
    for _ in range(4):
        player.get_by_label("Moment of the race").press("PageUp")
    save(page, "race")


def comparison(person: Person) -> None:
    """A deep network with and without ways around its layers."""
    page = person.page
    page.goto("/landscape")
    page.get_by_role("radio", name="Compare").click()
    expect(page.locator(".np-compare")).to_have_attribute("data-state", "done")
    save(page, "comparison")


# -- the page of hyperparameters ---------------------------------------------------------------------------------------


def explored(person: Person, view: str, name: str = "tensorflow-playground") -> Page:
    """A preset on the page of hyperparameters."""
    page = person.page
    page.goto(f"/explore?x={preset(name).to_link()}")
    page.wait_for_selector(".np-transport")
    page.get_by_role("radio", name=view, exact=True).click()
    return page


def grid(person: Person) -> None:
    """Eight learning rates by eight seeds."""
    page = explored(person, "Grid")
    page.get_by_role("button", name="Train 64 networks").click()
    expect(page.locator(".np-grid")).to_have_attribute("data-state", "done")
    save(page, "grid")


def search(person: Person) -> None:
    """Thirty trials, and what mattered among what varied."""
    page = explored(person, "Search", "spiral")
    page.get_by_role("button", name="Start search").click()
    found = page.get_by_role("group", name="The search and what it has found")
    expect(found).to_have_attribute("data-state", "finished", timeout=300_000)
    found.get_by_role("button", name="Parallel").first.click()
    page.wait_for_timeout(4000)
    save(page, "search")


def compared(person: Person) -> None:
    """Three runs side by side."""
    page = explored(person, "Compare")
    page.get_by_role("button", name="Show me: three learning rates").click()
    view = page.get_by_role("group", name="Compare runs")
    expect(view.get_by_text("150, paused")).to_have_count(3)
    expect(view.locator(".np-run-face img")).to_have_count(3)
    page.wait_for_timeout(3000)
    save(page, "runs")


# -- the page of images ------------------------------------------------------------------------------------------------

PER_EPOCH = 63
"""Steps in an epoch of LeNet-5 on 4,000 training digits."""
IMAGES_MIDDLE = {"x": 364, "y": 274, "width": 616, "height": 250}
"""Where the filters are on the page."""


def sees(person: Person, view: str, epochs: int) -> Page:
    """LeNet-5 on handwritten digits, so far trained, on the page of images."""
    page = person.page
    page.goto(f"/images?x={preset('lenet').to_link()}")
    page.wait_for_selector(".np-samples[data-ready]")
    person.until("status.state === 'ready'")
    if epochs:
        learns(person, epochs)
    page.get_by_role("radio", name=view, exact=True).click()
    page.wait_for_timeout(3000)  # views that are measured bit by bit
    return page


def learns(person: Person, epochs: int) -> None:
    """So many epochs further."""
    connection = "[...__networkPlayground.connections.values()].at(-1)"
    target = person.step + epochs * PER_EPOCH
    person.page.evaluate(f"steps => {connection}.control('step', steps)", epochs * PER_EPOCH)
    person.until("status.step === target && status.state !== 'playing'", target=target)
    person.page.wait_for_timeout(2500)


def filters(person: Person) -> None:
    """The filters of LeNet-5 before the first step, after one epoch, and after ten."""
    page = sees(person, "Filters", 0)
    page.mouse.move(1, 1)
    width, height, line = IMAGES_MIDDLE["width"], IMAGES_MIDDLE["height"], 26
    strip = Image.new("RGB", (width, 3 * (height + line)), "white")
    for place, (epochs, title) in enumerate(((0, "before the first step"), (1, "after an epoch"), (9, "after ten"))):
        if epochs:
            learns(person, epochs)
        top = place * (height + line)
        ImageDraw.Draw(strip).text((8, top + 8), title, fill="#57606a", font_size=15)
        strip.paste(Image.open(io.BytesIO(page.screenshot(clip=IMAGES_MIDDLE))).convert("RGB"), (0, top + line))
    strip.quantize(COLOURS, dither=Image.Dither.NONE).save(HERE / "filters.png", optimize=True)


def follow(person: Person) -> None:
    """The way of a digit through LeNet-5."""
    save(sees(person, "Follow an image", 5), "follow")


def why(person: Person) -> None:
    """What in the image speaks for the answer: Grad-CAM and four more."""
    save(sees(person, "Why", 5), "why")


def fooled(person: Person) -> None:
    """A digit that a small change turns into another."""
    save(sees(person, "Fool it", 5), "fooled")


PICTURES: tuple[tuple[Callable[[Person], None], bool], ...] = (
    (screen, False), (by_hand, False), (painted, False), (inside, False), (results, True), (code, True),
    (presets, False), (film, False), (landscape, True), (race, False), (comparison, False), (filters, False),
    (follow, False), (why, False), (fooled, True), (grid, False), (search, False), (compared, True),
)  # fmt: skip
"""What is made, and whether in dark colours."""


def main() -> None:
    """Make those named on the command line, or all."""
    wanted = sys.argv[1:] or [make.__name__ for make, _dark in PICTURES]
    path = chromium.find()
    assert path is not None, "no Chromium found: `make test` gets one"
    expect.set_options(timeout=60_000)
    subprocess.run([sys.executable, "-m", "playground.training.engines.fused"], check=True, cwd=ROOT)
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder), PLAYGROUND_KERNELS=str(settings.kernels)) as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS)) as browser,
    ):
        for make, dark in PICTURES:
            if make.__name__ in wanted:
                scheme = "dark" if dark else "light"
                size = {"width": WIDTH, "height": HEIGHT}
                with browser.new_context(viewport=size, base_url=server.url, color_scheme=scheme) as context:
                    context.set_default_timeout(60_000)
                    make(Person(context.new_page()))
                print(make.__name__, flush=True)


if __name__ == "__main__":
    main()
