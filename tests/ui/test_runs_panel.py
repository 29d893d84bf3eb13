"""What a person does with their runs is done, once each, and to no run of anybody else."""

import secrets

import pytest

from playground.archive import ArchiveError
from playground.runs import hub
from playground.ui import runs_draft, runs_export, runs_panel
from playground.ui.runs_draft import COLOURS, Draft
from playground.ui.runs_rows import row
from tests.archive.entries import entry, trained

NOW = 1_800_000_000.0


@pytest.fixture
def draft() -> Draft:
    """That of a person whom nobody has seen before."""
    return Draft(secrets.token_urlsafe(16))


def keep(person: str, count: int = 1) -> list[str]:
    """Ids of new runs of a person, the oldest first."""
    entries = [entry(person, created=NOW + number) for number in range(count)]
    hub().shelf.keep(entries)
    return [one.id for one in entries]


def does(draft: Draft, bench, *events: dict, visit: str = "first") -> None:
    draft.take(bench, {"visit": visit, "events": list(events)})


def known(draft: Draft) -> dict:
    return {run.id: run for run in hub().kept(draft.person)}


def test_what_is_reported_again_is_not_done_again(draft, shared):
    first, second = keep(draft.person, 2)
    named = {"serial": 1, "op": "rename", "id": first, "name": " One\nline "}
    does(draft, shared, named, {"serial": 2, "op": "star", "id": second, "on": True})
    assert known(draft)[first].name == "One line" and known(draft)[second].starred
    hub().shelf.rename(first, draft.person, "Another")
    does(draft, shared, named, {"serial": 3, "op": "delete", "id": second})
    assert known(draft)[first].name == "Another" and second not in known(draft)
    assert draft.done == {"visit": "first", "serial": 3} and draft.deleted["id"] == second
    does(draft, shared, {"serial": 1, "op": "restore", "id": second}, visit="second")
    assert second in known(draft) and draft.deleted is None


def test_the_latest_are_compared_until_somebody_chooses(draft, shared):
    ids = keep(draft.person, 12)
    runs = hub().kept(draft.person)
    assert [run.id for run in draft.compared(runs)] == ids[-3:]
    chosen = [ids[4], "gone", ids[0], ids[4]]
    does(draft, shared, {"serial": 1, "op": "pin", "ids": chosen})
    assert [run.id for run in draft.compared(runs)] == [ids[4], ids[0]]
    does(draft, shared, {"serial": 2, "op": "pin", "ids": ids})
    assert len(draft.compared(runs)) == len(COLOURS) == 8


def test_what_is_compared_is_kept_in_the_address(draft, shared):
    ids = keep(draft.person, 3)
    runs = hub().kept(draft.person)
    assert draft.text is None, "the latest ones are nobody's choice"
    does(draft, shared, {"serial": 1, "op": "pin", "ids": [ids[2], ids[0]]})
    again, none, other = (Draft(draft.person) for _ in range(3))
    again.adopt(draft.text, runs)
    assert [run.id for run in again.compared(runs)] == [ids[2], ids[0]]
    does(draft, shared, {"serial": 2, "op": "pin", "ids": []})
    none.adopt(draft.text, runs)
    assert none.compared(runs) == []
    other.adopt(f"{'x' * 9000},,somebody-elses", runs)
    assert [run.id for run in other.compared(runs)] == ids, "those of somebody else are nobody's here"


def test_all_that_was_deleted_can_be_had_back(draft, shared):
    ids = keep(draft.person, 3)
    for serial, kept_id in enumerate(ids, start=1):
        does(draft, shared, {"serial": serial, "op": "delete", "id": kept_id})
    assert [run.id for run in draft.restorable] == ids[::-1] and not known(draft)
    assert row(draft.restorable[0], None)["deleted"]
    does(draft, shared, {"serial": 4, "op": "restore", "id": ids[0]})
    assert list(known(draft)) == [ids[0]] and [run.id for run in draft.restorable] == [ids[2], ids[1]]
    assert draft.deleted["id"] == ids[2], "which was deleted last"


def test_one_goes_on_and_one_is_forked(draft, shared):
    (kept_id,) = keep(draft.person)
    was, before = shared.run, shared.experiment
    does(draft, shared, {"serial": 1, "op": "continue", "id": kept_id, "pinned": [kept_id]})
    assert shared.run != was and shared.experiment == trained().experiment and draft.moved
    assert known(draft)[kept_id].run_id == shared.run
    hub().checkpoint(shared.run)  # which waits for the worker
    assert hub().get(shared.run).state == "playing"
    hub().control(shared.run, "pause")
    does(draft, shared, {"serial": 2, "op": "fork", "id": kept_id, "pinned": [kept_id]})
    assert hub().get(shared.run).step >= 40 and known(draft)[kept_id].run_id != shared.run
    shared.travel(shared.history.past[-2].serial)
    assert shared.experiment == before, "one step back, as after any change"


@pytest.mark.parametrize("op", ["star", "rename", "delete", "restore", "continue", "fork", "open"])
def test_nobody_reaches_another_ones_run(draft, shared, op):
    (theirs,) = keep("somebody else")
    was = shared.run
    does(draft, shared, {"serial": 1, "op": op, "id": theirs, "on": True, "name": "mine", "pinned": []})
    assert draft.problem == runs_draft.GONE and shared.run == was and not draft.leave
    run = hub().shelf.get(theirs, "somebody else")
    assert (run.name, run.starred, run.deleted) == ("", False, None)


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"visit": [], "events": "x"},
        {"events": [1, None, {}, {"serial": "1"}]},
        {"events": [{"serial": 1, "op": []}, {"serial": 2, "op": "pin", "ids": 3}, {"serial": 3, "op": "star"}]},
    ],
)
def test_a_report_that_makes_no_sense_changes_nothing(draft, shared, report):
    was = shared.run
    draft.take(shared, report)
    assert shared.run == was and not draft.compared([])


def test_the_page_shows_the_runs_and_says_what_is_wrong(shared, draw, monkeypatch):
    page = draw(shared, runs_panel.show)
    assert not page.exception
    draft = page.session_state[runs_draft._KEY]
    keep(draft.person, 2)
    assert not page.run().exception and draft.job is not None
    job = hub().job(draft.job)
    while job.state == "working":
        job = hub().job(job.id, job.revision, 60)
    assert job.state == "done"

    def away(*_: object) -> None:
        raise ArchiveError("The database of kept runs *cannot* be used now.")

    monkeypatch.setattr(hub().shelf, "runs", away)
    assert page.run().error[0].value == r"The database of kept runs \*cannot\* be used now."
    assert not page.exception and len(draft.seen) == 2, "what was seen before stays in sight"


def test_a_newcomer_is_shown_three_learning_rates(draft, shared):
    does(draft, shared, {"serial": 1, "op": "demo"})
    own = [one for one in hub()._records.values() if one.keeping and one.keeping.person == draft.person]
    now = shared.experiment.training.optimizer.lr
    assert sorted(one.experiment.training.optimizer.lr for one in own) == pytest.approx(
        [now / 3, now, 3 * now], rel=0.01
    )


def test_runs_are_taken_away_with_their_names(draft):
    first, second = keep(draft.person, 2)
    hub().shelf.rename(second, draft.person, "Mine")
    table = runs_export.file_of(draft.person, [second, first, *keep("somebody else")], "csv").decode()
    names = {line.split(",")[1] for line in table.splitlines()[1:]}
    assert "Mine" in names and table.splitlines()[-1].startswith("2,"), "two runs, and nobody else's"
    with pytest.raises(ValueError, match="None of these runs"):
        runs_export.file_of(draft.person, [], "json")


def test_a_row_tells_what_it_is(draft):
    (kept_id,) = keep(draft.person)
    run = known(draft)[kept_id]
    shown = row(run, run.run_id)
    assert shown["here"] and shown["epoch"] == run.epoch and shown["test_loss"] == run.test_loss
    assert shown["recipe"].startswith("SGD ") and shown["title"].startswith(f"{run.experiment.data.label}: ")
