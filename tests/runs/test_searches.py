"""The searches of a server, in the real studio: they go on, whatever dies."""

import os
import signal
import time
from contextlib import closing

import pytest

from playground.runs.searches import Searches
from playground.studies import Studies, StudyError
from tests.faults.processes import wait_for_end
from tests.studies.made import experiment, spec


@pytest.fixture
def searches(hub, tmp_path):
    with closing(Searches(lambda: hub, f"sqlite:///{tmp_path / 'studies.db'}")) as opened:
        yield opened


def until(searches: Searches, name: str, wanted) -> dict:
    """The report of a study, once ``wanted(report)`` holds."""
    while not wanted(report := searches.studies.report(name)):
        assert report["state"] != "failed", report["problem"]
        time.sleep(0.1)
    return report


def test_nothing_is_made_or_loaded_before_there_is_a_study(searches, tmp_path):
    searches.look()
    assert searches._studies is None
    assert list(tmp_path.iterdir()) == []


def test_a_search_goes_on_when_the_studio_dies_and_when_the_server_begins_again(hub, searches):
    name = searches.create(spec(trials=1000, epochs=2000), "me")  # more than it comes to before it is paused
    until(searches, name, lambda report: report["counts"]["complete"])
    searches.pause(name)
    before = searches.studies.report(name)
    assert before["state"] == "paused"
    studio = hub.stats()["studio"]
    os.kill(studio, signal.SIGKILL)
    assert not wait_for_end({studio})
    while not searches.waits(name):  # the hub hears of it
        time.sleep(0.1)
    again = Searches(lambda: hub, searches.url)  # as a server that knows the database only
    with closing(again):
        again.look()
        assert again.waits(name)  # what was paused stays so
        again.resume(name)
        enough = before["counts"]["complete"] + 3
        until(again, name, lambda report: report["counts"]["complete"] >= enough)
        again.stop(name)
        report = until(again, name, lambda report: report["state"] == "stopped")
    for old, new in zip(before["trials"], report["trials"], strict=False):
        assert new["params"] == old["params"]
        if old["state"] == "complete":
            assert new["values"] == old["values"]
    # It may have died between two trials; if not, the one that was lost was done again.
    lost = [row["number"] for row in report["trials"] if row["state"] == "retried"]
    assert [row["note"] for row in report["trials"] if row["note"].endswith("again.")] == [
        f"Trial {number} again." for number in lost
    ]
    searches.delete(name)
    with pytest.raises(StudyError, match="not there any more"):
        searches.studies.report(name)


def test_a_study_that_nobody_can_work_on_is_told_to_have_failed(searches, monkeypatch):
    monkeypatch.setattr("playground.runs.searches.MOST_FAILURES", 1)
    table = {"kind": "csv", "table": "0" * 64, "target": "y", "as_task": "classification", "columns": ["x"]}
    with closing(Studies(searches.url)) as studies:
        name = studies.create(spec(base=experiment().replace(data=table)))
    while searches.studies.state(name) != "failed":
        searches.look()
        time.sleep(0.1)
    assert "This machine cannot work on the study" in searches.studies.report(name)["problem"]
