"""Scripts in every free text that a stranger can bring: none runs, and none becomes a part of the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person
from tests.hostile.links import GOOD, changed, training
from tests.hostile.scripts import SCRIPTS

# Everything in SCRIPTS that came to life would call one of these.
ALARM = """globalThis.alarms = [];
for (const name of ["alert", "confirm", "prompt", "print"]) globalThis[name] = () => alarms.push(new Error().stack);"""

# What the scripts are made of: elements and attributes that no part of our page has.
FOREIGN = r"""() => {
  const act = ({ name, value }) => /^on/.test(name) && /alert/.test(value);
  const lead = ({ name, value }) => /^(href|src|action|formaction|data|xlink:href)$/.test(name)
    && /^\s*javascript:|evil\.example/i.test(value);
  const load = (node) => /^(script|iframe|object|embed|marquee|base|meta)$/i.test(node.tagName)
    && /alert|evil/.test(node.outerHTML);
  return [...document.querySelectorAll("*")]
    .filter((node) => load(node) || [...node.attributes].some((attribute) => act(attribute) || lead(attribute)))
    .map((node) => node.outerHTML.slice(0, 200));
}"""


@pytest.fixture
def guarded(new_page: Callable[..., Page]) -> Page:
    """A page that notices when a script runs that is not ours."""
    page = new_page()
    page.add_init_script(ALARM)
    page.on("dialog", lambda dialog: dialog.dismiss())
    return page


def unharmed(page: Page) -> None:
    """Nothing of a stranger's has run, or stands in the page as anything but text."""
    assert page.evaluate("globalThis.alarms") == []
    assert page.evaluate(FOREIGN) == []


def test_scripts_in_a_link(guarded: Page) -> None:
    """A few of them: the sentences are those that a file gets (see below), and every address is a load of the page."""
    page = guarded
    for start in (0, 15, 33):
        data, layer, loss = SCRIPTS[start : start + 3]  # as many mistakes as are told at once
        link = changed(**mistakes(data, layer, loss))
        page.goto(f"/?x={link}&run={quote(data, safe='')}", wait_until="domcontentloaded")
        expect(page.get_by_text("The link could not be opened").first).to_be_visible()
        unharmed(page)


def test_scripts_in_a_file(guarded: Page) -> None:
    page = Person(guarded).open().page
    page.get_by_role("button", name="Take away").click()
    sheet = page.locator(".st-key-takeaway_sheet")
    uploader = sheet.locator("input[type=file]")
    for start in range(0, len(SCRIPTS), 3):
        three = SCRIPTS[start : start + 3]
        content = json.dumps({**GOOD, **mistakes(*three)}).encode()
        file = {"name": f"{three[0]}.json", "mimeType": "application/json", "buffer": content}
        expect(uploader).to_have_count(1)  # a new one takes the place of the one that was used
        uploader.set_input_files(file)
        shown = sheet.get_by_role("alert").filter(has_text="This file does not describe an experiment")
        for text in three:
            expect(shown).to_contain_text("".join(char if char.isprintable() else "?" for char in text[:39]))
        unharmed(page)


def mistakes(data: str, layer: str, loss: str) -> dict[str, Any]:
    """Parts of an experiment that name what there is not."""
    return {"data": {"kind": data}, "network": [{"kind": layer}], "training": training(loss={"kind": loss})}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table whose file name, column names and class names are scripts."""
    quoted = ['"' + text.replace('"', '""') + '"' for text in SCRIPTS]
    lines = [",".join(['"' + SCRIPTS[0] + ' target"', *quoted])]
    for row in range(4 * len(SCRIPTS)):
        lines.append(",".join([quoted[row % len(SCRIPTS)], *(str((row * (n + 3)) % 11) for n in range(len(SCRIPTS)))]))
    path = tmp_path / "<img src=x onerror=alert(1)>.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_scripts_in_a_table(guarded: Page, table: Path) -> None:
    person = Person(guarded)
    page = person.page
    person.open()
    person.tab("Data")
    page.get_by_text("Your own table (CSV)").click()
    after = person.changes_address(lambda: page.locator("input[type=file]").first.set_input_files(table))
    assert after.data.kind == "csv" and len(after.data.columns) > 40
    person.train(steps=3)
    page.get_by_text("What was found in each column").click()
    page.keyboard.press("Escape")
    unharmed(page)
    page.locator(".np-net-tile").first.hover()
    page.locator(".st-key-boundary .np-plot-node").hover()
    unharmed(page)
    for view in ("Inside", "Results", "Code"):
        page.get_by_role("radio", name=view, exact=True).click()
        expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
        unharmed(page)
    for tab in ("Network", "Training"):
        person.tab(tab)
        unharmed(page)
