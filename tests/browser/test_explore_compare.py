"""Three runs compared; the server is killed and comes back, and one of them goes on."""

import os
import re
import signal

from playwright.sync_api import Locator, Page, expect

from playground.experiment.presets import start
from tests.browser.conftest import no_failures
from tests.browser.person import Person
from tests.browser.room import profile, report
from tests.browser.serving import Server

RATE = start().training.optimizer.lr
RATES = [f"{RATE * factor:.2g}" for factor in (1 / 3, 1, 3)]
CURVES = "document.querySelector('.np-runs-plot').data.map(({ name, x }) => [name, Math.round(x.at(-1))])"


def compare(page: Page) -> None:
    page.goto("/explore")
    page.get_by_role("radio", name="Compare").click()


def row(page: Page, label: str) -> Locator:
    """What the board says of each run about something."""
    heading = page.get_by_role("rowheader", name=label, exact=True)
    return page.get_by_role("table").get_by_role("row").filter(has=heading).get_by_role("cell")


def test_three_runs_are_compared_and_one_goes_on_after_the_servers_death(tmp_path, browser):
    with Server(tmp_path, PLAYGROUND_WORKERS="1") as server:
        context = profile(browser, server)
        with no_failures(server) as errors:
            page = report(context.new_page(), errors)
            person = Person(page)
            compare(page)
            page.get_by_role("button", name="Show me: three learning rates").click()
            view = page.get_by_role("group", name="Compare runs")
            expect(view.get_by_text("150, paused")).to_have_count(3)
            expect(view.locator(".np-run-face img")).to_have_count(3)
            expect(row(page, "Learning rate")).to_have_text(RATES)
            page.wait_for_function(f"() => {CURVES}.every(([, last]) => last === 150)")
            assert page.evaluate(CURVES) == [[f"Learning rate {rate}", 150] for rate in RATES for _ in range(2)]

            view.get_by_role("button", name=re.compile("^Rename")).first.focus()
            page.keyboard.press("Enter")
            page.keyboard.type("The quick one")
            page.keyboard.press("Enter")
            expect(view.get_by_role("columnheader", name="The quick one")).to_be_visible()
            losses = row(page, "test loss").all_inner_texts()
            assert losses[2] < losses[0], "a network of this size takes the larger rate well"
            page.goto("about:blank")

        os.kill(server.pid, signal.SIGKILL)
        server.start()
        with no_failures(server, errors):
            compare(page)
            expect(view.get_by_role("columnheader", name="The quick one")).to_be_visible()
            expect(row(page, "test loss")).to_have_text(losses)
            expect(row(page, "Learning rate")).to_have_text(RATES)
            view.get_by_role("button", name=f"Continue: Learning rate {RATES[0]}").click()
            person.until("status.state === 'playing' && status.epoch > 151")
            expect(view.get_by_text("training (above)")).to_be_visible()
            person.pause()
            page.wait_for_function(f"() => {CURVES}[0][1] > 150")
            assert float(row(page, "test loss").first.inner_text()) < float(losses[0])
            view.get_by_role("button", name="Open: The quick one").click()
            person.settled()
            assert f"{person.experiment.training.optimizer.lr:g}" == RATES[2]
            person.until("status.epoch === 150 && status.state === 'paused'")
        context.close()
