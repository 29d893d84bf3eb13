"""The Code view: the script of what is shown, whatever is edited."""

import pytest

from playground.data import store
from playground.experiment.presets import PRESETS
from playground.export import script
from playground.export.code import table
from playground.ui import code_panel, stage

ROWS = b"a,b,label\n" + b"".join(b"%d,%d,%s\n" % (i % 5, i % 7, b"xy"[i % 2 : i % 2 + 1]) for i in range(30))


def shown(page):
    assert not page.exception
    (text,) = (code.value for code in page.code if code.language == "python")
    return text


def test_it_follows_every_edit(bench, draw):
    page = draw(bench, code_panel.show)
    assert shown(page) == script(bench.experiment).strip()
    bench.set(("network", 0, "units"), 7)
    assert "nn.Linear(2, 7)" in shown(page.run())
    bench.set(("training", "l2"), 0.01)
    assert "\nL2 = 0.01\n" in shown(page.run())
    bench.change(lambda _: PRESETS["iris"].experiment)
    assert "setosa" in shown(page.run())


def test_of_a_draft_it_shows_the_last_one_that_could_be_trained(bench, draw):
    good = bench.experiment
    block = {"kind": "residual", "layers": [{"kind": "linear", "units": 5}]}
    bench.set(("network",), [block])
    page = draw(bench, code_panel.show)
    assert shown(page) == script(good).strip()
    assert any("cannot be trained yet" in caption.value for caption in page.caption)
    bench.trained = None
    page = draw(bench, code_panel.show)
    assert not page.code
    assert "as soon as" in page.info[0].value


def test_the_page_shows_it(open_page):
    page = open_page()
    page.button_group(key=stage.SHOWN).set_value("Code").run()
    assert shown(page).startswith('"""Circle')


@pytest.mark.parametrize("large", [False, True])
def test_a_large_table_is_one_file_more(bench, draw, monkeypatch, large):
    if large:
        monkeypatch.setattr(table, "MOST_VALUES", 10)
    given = {"target": "label", "columns": ["a", "b"], "as_task": "classification", "seed": 5 + large}
    bench.change(lambda was: was.replace(data={"kind": "csv", "table": store.put(ROWS), **given}))
    page = draw(bench, code_panel.show)
    assert [button.label for button in page.get("download_button")] == ["Script", "Notebook"] + ["Table"] * large
    assert (table.TABLE_FILE in shown(page)) == large


def test_a_table_that_is_gone_is_told(bench, draw):
    bench.experiment = PRESETS["iris"].experiment.replace(
        data={"kind": "csv", "table": "0" * 64, "target": "a", "columns": ["b"], "as_task": "classification"}
    )
    bench.trained = bench.experiment
    page = draw(bench, code_panel.show)
    assert not page.exception
    assert "upload it again" in page.info[0].value
