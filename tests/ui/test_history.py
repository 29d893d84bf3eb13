"""Undo and redo: every change of the experiment, whoever made it, can be taken back and made again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.data import loading, store
from playground.experiment import REGISTRIES, edits
from playground.experiment.data import CSV
from playground.experiment.presets import PRESETS, start
from playground.runs import hub
from playground.settings import settings
from playground.ui import gallery, history, stack, stage
from playground.ui.history import History
from playground.ui.workbench import Workbench


def seeded(seed: int):
    return start().replace(seed=seed)


def undo(bench: Workbench) -> None:
    bench.travel(bench.history.past[-2].serial)


def redo(bench: Workbench) -> None:
    bench.travel(bench.history.future[0].serial)


# --- the history alone -----------------------------------------------------------------------------------------------

DO, UNDO, REDO = "do", "undo", "redo"


@given(st.lists(st.sampled_from([DO, DO, UNDO, REDO]), max_size=60))
def test_it_behaves_as_two_stacks(moves):
    """Against the plainest model there is: a stack of what was, and a stack of what was undone."""
    told = History(seeded(0))
    past, future, seed = [0], [], 0
    for move in moves:
        if move == DO:
            seed += 1
            told.record(seeded(seed), f"seed {seed}")
            past, future = [*past, seed], []
        elif move == UNDO and len(past) > 1:
            told.go(told.past[-2].serial)
            future.append(past.pop())
        elif move == REDO and future:
            told.go(told.future[0].serial)
            past.append(future.pop())
        assert [step.experiment.seed for step in told.past] == past
        assert [step.experiment.seed for step in told.future] == future[::-1]


def test_the_parts_of_a_gesture_become_one_step():
    told = History(seeded(0))
    told.record(seeded(1), "one")
    told.fuse("nothing to fuse with: the first step is not something done")
    assert [step.told for step in told.past] == ["", "one"]
    told.record(seeded(2), "two")
    told.record(seeded(3), "three")
    told.fuse("two and three")
    assert [step.told for step in told.past] == ["", "one", "two and three"]
    assert (told.now.experiment.seed, told.said) == (3, "two and three")
    told.go(told.past[-2].serial)
    told.fuse("what was undone is no part of it")
    assert [step.told for step in told.future] == ["two and three"]


def test_it_is_bounded(monkeypatch):
    monkeypatch.setattr(history, "MOST", 5)
    told = History(seeded(0))
    for seed in range(1, 20):
        told.record(seeded(seed), str(seed))
    assert [step.experiment.seed for step in told.past] == [15, 16, 17, 18, 19]
    assert told.go(0) is None, "what is gone is not an error"
    assert told.go(15).experiment.seed == 15
    assert [step.told for step in told.future] == ["16", "17", "18", "19"]


def test_it_says_what_was_done():
    told = History(seeded(0))
    assert told.said == ""
    for seed in (1, 2, 3):
        told.record(seeded(seed), f"Seed {seed - 1} → {seed}")
    assert told.said == "Seed 2 → 3"
    told.go(2)
    assert told.said == "Undone: Seed 2 → 3"
    told.go(0)
    assert told.said == "Undone: Seed 1 → 2, and 1 more"
    told.go(3)
    assert told.said == "Redone: Seed 0 → 1, and 2 more"
    told.record(seeded(3), "nothing")
    assert told.said == "Redone: Seed 0 → 1, and 2 more"


# --- on the workbench ------------------------------------------------------------------------------------------------

CHANGES = {
    "a field": lambda bench: bench.set(("training", "batch_size"), 25),
    "a live field": lambda bench: bench.set(("training", "optimizer", "lr"), 0.3),
    "a layer": lambda bench: stack.apply(bench, {"op": "insert", "path": [4], "kind": "relu"}),
    "the diagram": lambda bench: stage.edited(bench, {"op": "units", "path": [0], "delta": 3, "units": 7}),
    "an input": lambda bench: stage.edited(bench, {"op": "feature", "name": "x2", "features": ["x1", "x2", "x1_x2"]}),
    "new weights": stage._new_weights,
    "data": lambda bench: bench.change(lambda e: edits.with_data(e, REGISTRIES["data"]["spiral"](kind="spiral"))),
    "points": lambda bench: bench.change(lambda e: edits.with_data(e, REGISTRIES["data"]["painted"](kind="painted"))),
    "a preset": lambda bench: gallery.take(bench, "iris"),
    "another browser": lambda bench: (_other(bench).set(("training", "batch_size"), 40), bench.follow_run()),
}


def _other(bench: Workbench) -> Workbench:
    other = Workbench.at_address(None, bench.run)
    other.follow_run()
    return other


@pytest.mark.parametrize("kind", CHANGES)
def test_every_change_can_be_undone_and_redone(bench, info, kind):
    before = bench.experiment
    CHANGES[kind](bench)
    after = bench.experiment
    assert after != before and bench.history.said
    undo(bench)
    assert bench.experiment == bench.trained == info(bench).experiment == before
    redo(bench)
    assert bench.experiment == bench.trained == info(bench).experiment == after


def test_all_changes_one_after_another(bench):
    seen = [bench.experiment]
    for change in CHANGES.values():
        change(bench)
        seen.append(bench.experiment)
    for wanted in reversed(seen[:-1]):
        undo(bench)
        assert bench.experiment == wanted and bench.in_step
    for wanted in seen[1:]:
        redo(bench)
        assert bench.experiment == wanted and bench.in_step


def test_undoing_a_live_change_does_not_start_the_run_again(bench, info):
    revision = info(bench).revision
    bench.set(("training", "l2"), 0.01)
    undo(bench)
    redo(bench)
    assert info(bench).revision == revision
    assert info(bench).experiment.training.l2 == 0.01


def test_a_change_after_an_undo_forgets_what_was_undone(bench):
    bench.set(("seed",), 1)
    bench.set(("seed",), 2)
    undo(bench)
    bench.set(("seed",), 3)
    assert bench.history.future == []
    assert [step.experiment.seed for step in bench.history.past] == [0, 1, 3]


def test_what_was_refused_is_no_step(bench):
    assert not bench.set(("training", "l1"), -1)
    assert len(bench.history.past) == 1
    bench.travel(12345)
    assert bench.errors, "and a step that is gone changes nothing"


def test_a_draft_is_a_step_like_any_other(bench):
    trained = bench.experiment
    broken = {"kind": "residual", "layers": [{"kind": "linear", "units": 5}]}
    bench.change(lambda e: e.replace(network=(broken,)))
    draft = bench.experiment
    undo(bench)
    assert bench.experiment == trained and bench.in_step
    redo(bench)
    assert bench.experiment == draft and bench.trained == trained
    bench.take_theirs()
    undo(bench)
    assert bench.experiment == draft


def test_undoing_to_a_table_that_is_gone_makes_a_draft(bench):
    digest = store.put(b"a,kind\n" + b"".join(b"%d,%d\n" % (i % 7, i % 2) for i in range(40)))
    table = CSV(kind="csv", table=digest, target="kind", as_task="classification", columns=("a",))
    assert bench.change(lambda e: edits.fit_loss(e, table))
    assert gallery.take(bench, "spiral") is None
    (settings.home / "tables" / f"{digest}.csv").unlink()
    loading.forget()
    undo(bench)
    assert bench.experiment.data == table
    assert bench.trained == PRESETS["spiral"].experiment
    assert "upload it again" in bench.error(("data", "table"))
    undo(bench)
    assert bench.experiment == start() and bench.in_step


def test_another_browsers_change_says_so(bench):
    CHANGES["another browser"](bench)
    assert bench.history.said == "Somebody else: Batch size 10 → 40"
    undo(bench)
    assert hub().get(bench.run).experiment == bench.experiment == start()
