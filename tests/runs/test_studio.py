"""Jobs in the real studio, from their beginning to their end, as a page drives them."""

import dataclasses
import os
import signal
import time

import pytest

from playground.runs import ServerFull, jobs, ledger, studio
from playground.settings import settings
from playground.training import Trainer
from tests.faults.processes import wait_for_end
from tests.runs.jobs import HERE, NAMES
from tests.runs.viewer import PATIENCE, experiment


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """The tests' jobs under their own names."""
    for name in NAMES:
        monkeypatch.setitem(jobs.JOBS, name, f"{HERE}:{name}")
    monkeypatch.setattr(ledger, "LIGHT", {"read"})


def ended(hub, job_id):
    """A job once it is no longer working."""
    job = hub.job(job_id)
    while job.state == "working":
        job = hub.job(job_id, job.revision, PATIENCE)
    return job


def begun(hub, replaces=None):
    """An endless job that is in the studio's hands."""
    job_id = hub.begin("endless", {}, replaces=replaces)
    assert hub.job(job_id, 0, PATIENCE).data == b"begun"
    return job_id


def forget_all(hub):
    with hub.lock:
        for job_id in list(hub._ledger._jobs):
            hub._ledger.forget(job_id)


def test_a_job_tells_how_far_it_is_and_ends_with_its_last_result(hub):
    job_id = hub.begin("count", {"to": 50})
    seen = [hub.job(job_id)]
    assert (seen[0].state, seen[0].what) == ("working", "count")
    while seen[-1].state == "working":
        seen.append(hub.job(job_id, seen[-1].revision, PATIENCE))
    assert (seen[-1].state, seen[-1].share, seen[-1].data, seen[-1].revision) == ("done", 1.0, b"50", 50)
    for job in seen[1:-1]:
        assert job.data == str(job.revision).encode()
        assert job.text == f"at {job.revision}"
        assert job.share == job.revision / 50


def test_the_studio_is_the_nicest_process_and_no_worker(hub):
    niceness = int(ended(hub, hub.begin("niceness", {})).data)
    assert niceness == 19
    assert hub.stats()["studio"] not in [None, *hub.stats()["workers"]]


def test_a_run_comes_along_as_it_is_now_and_is_not_touched(hub):
    run_id = hub.create(experiment())
    hub.control(run_id, "step", 17)
    while Trainer.loads(before := hub.checkpoint(run_id)).step < 17:
        pass
    assert ended(hub, hub.begin("read", {}, run_id)).data == b"17"
    assert Trainer.loads(hub.checkpoint(run_id)).module.flat.values.equal(Trainer.loads(before).module.flat.values)


def test_a_job_of_hours_does_not_wait_for_hours_for_one_that_begins():
    long, new = (studio._Job(name, True, iter(())) for name in ("long", "new"))
    long.seconds = 7200.0
    turns = []
    for _ in range(20):
        turn = studio._next([long, new])
        turn.seconds += 1.0
        turns.append(turn.id)
    assert turns[:5] == ["new"] * 5  # whoever asks for something quick has it first
    assert sorted(turns[6:]) == ["long"] * 7 + ["new"] * 7


def test_several_jobs_take_turns_and_a_quick_one_does_not_wait_for_long_ones(hub):
    long = [begun(hub) for _ in range(3)]
    assert ended(hub, hub.begin("count", {"to": 20})).data == b"20"
    for job_id in long:
        assert hub.job(job_id).state == "working"
        hub.cancel(job_id)


def test_more_jobs_than_the_studio_takes_at_once_wait_for_their_turn_but_light_ones_do_not(hub):
    long = [begun(hub) for _ in range(4)]
    waiting = hub.begin("count", {"to": 2})
    late = hub.begin("count", {"to": 2})
    hub.cancel(late)
    assert ended(hub, hub.begin("read", {}, hub.create(experiment()))).data == b"0"
    assert hub.job(waiting).revision == 0
    for job_id in long:
        hub.cancel(job_id)
    assert ended(hub, waiting).data == b"2"
    assert (hub.job(late).state, hub.job(late).revision) == ("cancelled", 0)


def test_a_job_that_rests_hears_what_it_is_told_and_keeps_nobody_waiting(hub):
    resting = [hub.begin("listen", {}, patient=True) for _ in range(5)]
    assert ended(hub, hub.begin("count", {"to": 2})).data == b"2"
    for word in ("one", "two"):
        hub.tell(resting[0], {"say": word})
    while hub.job(resting[0]).data != b"one two":
        hub.job(resting[0], hub.job(resting[0]).revision, PATIENCE)
    for job_id in resting:
        hub.tell(job_id, {"say": "end"})
    assert [ended(hub, job_id).data for job_id in resting] == [b"one two end", *[b"end"] * 4]
    hub.tell(resting[0], {"say": "nobody hears this"})
    with pytest.raises(KeyError):
        hub.tell("nothing", {})


def test_a_cancelled_job_ends_at_once_and_keeps_what_came_of_it(hub):
    job_id = begun(hub)
    hub.cancel(job_id)
    job = hub.job(job_id)
    assert (job.state, job.data) == ("cancelled", b"begun")
    assert ended(hub, hub.begin("count", {"to": 1})).state == "done", "the studio is free again"
    assert hub.job(job_id) == job, "nothing that was under way is heard of any more"
    hub.cancel(job_id)


@pytest.mark.parametrize(
    ("what", "text"), [("refuse", "The radius must be positive."), ("break_down", "KeyError: 'oops'")]
)
def test_what_goes_wrong_in_one_job_is_told_and_ends_no_other(hub, what, text):
    other = begun(hub)
    job = ended(hub, hub.begin(what, {}))
    assert (job.state, job.text, job.data) == ("failed", text, b"")
    assert hub.job(other).state == "working"
    hub.cancel(other)


def test_an_unknown_job_is_refused_and_an_unknown_id_is_a_key_error(hub):
    with pytest.raises(ValueError, match="There is no job 'nothing'"):
        hub.begin("nothing", {})
    for ask in (hub.job, hub.cancel):
        with pytest.raises(KeyError):
            ask("nothing")
    with pytest.raises(KeyError):
        hub.begin("read", {}, "no such run")


def test_a_job_in_place_of_another_ends_and_forgets_it(hub):
    first = begun(hub)
    second = begun(hub, replaces=first)
    with pytest.raises(KeyError):
        hub.job(first)
    hub.cancel(second)


def test_of_one_visitor_only_a_few_jobs_are_remembered(hub):
    own = [hub.begin("endless", {}, owner="somebody") for _ in range(ledger.MOST_OF_ONE)]
    other = hub.begin("endless", {}, owner="somebody else")
    hub.job(own[0])  # looked at, so it is not the one that goes
    newest = hub.begin("endless", {}, owner="somebody")
    with pytest.raises(KeyError):
        hub.job(own[1])
    for job_id in [*own[:1], *own[2:], newest, other]:
        assert hub.job(job_id).state == "working"
        hub.cancel(job_id)


def test_what_nobody_asks_after_is_cancelled_and_forgotten_unless_it_is_patient(hub, monkeypatch):
    working, done = begun(hub), hub.begin("count", {"to": 1})
    patient = hub.begin("listen", {}, patient=True)
    ended(hub, done)
    now = time.monotonic()
    monkeypatch.setattr(ledger.time, "monotonic", lambda: now + ledger.ABANDONED_SECONDS + 1)
    with hub.lock:
        hub._ledger.sweep()
    with pytest.raises(KeyError):
        hub.job(working)
    assert hub.job(patient).state == "working"
    hub.cancel(patient)
    hub._ledger._jobs[done].touched = now
    monkeypatch.setattr(ledger.time, "monotonic", lambda: now + ledger.KEPT_SECONDS + 1)
    with hub.lock:
        hub._ledger.sweep()
    with pytest.raises(KeyError):
        hub.job(done)


def test_a_sleeper_rests_while_nobody_asks_and_goes_on_when_somebody_does(hub, monkeypatch):
    monkeypatch.setattr(ledger, "SLEEPERS", {"listen"})
    job_id, now = hub.begin("listen", {}), time.monotonic()
    for seconds in (ledger.ABANDONED_SECONDS + 1, ledger.ABANDONED_SECONDS + 2):  # told once
        monkeypatch.setattr(ledger.time, "monotonic", lambda seconds=seconds: now + seconds)
        with hub.lock:
            assert hub._ledger.sweep() == pytest.approx(ledger.KEPT_SECONDS - seconds, abs=1)
    while (job := hub.job(job_id)).data != b"sleep wake":
        hub.job(job_id, job.revision, PATIENCE)
    monkeypatch.setattr(ledger.time, "monotonic", lambda: now + 2 * ledger.KEPT_SECONDS)
    with hub.lock:
        hub._ledger.sweep(), hub._ledger.sweep()
    monkeypatch.setattr(ledger.time, "monotonic", lambda: now + 3 * ledger.KEPT_SECONDS)
    with hub.lock:
        hub._ledger.sweep()
    with pytest.raises(KeyError):
        hub.job(job_id)


def test_a_dead_studio_fails_its_jobs_in_plain_words_and_is_replaced(hub):
    first, second = begun(hub), begun(hub)
    studio = hub.stats()["studio"]
    os.kill(studio, signal.SIGKILL)
    for job_id in (first, second):
        job = ended(hub, job_id)
        assert (job.state, job.data) == ("failed", b"begun")
        assert "Please try again" in job.text
    assert not wait_for_end({studio})
    assert ended(hub, hub.begin("count", {"to": 3})).data == b"3"
    assert hub.stats()["studio"] not in (None, studio)


def test_a_job_that_begins_while_the_studio_dies_is_the_next_ones(hub):
    """Its death is noticed, but not yet what was lost with it."""
    lost, studio = begun(hub), hub.stats()["studio"]
    with hub.lock:
        os.kill(studio, signal.SIGKILL)
        while hub.stats()["studio"] is not None:
            time.sleep(0.005)
        job_id = hub.begin("count", {"to": 3})
    assert ended(hub, lost).state == "failed"
    assert ended(hub, job_id).data == b"3"


def test_jobs_and_their_results_are_bounded(hub, monkeypatch):
    forget_all(hub)
    monkeypatch.setattr(hub._ledger, "_settings", dataclasses.replace(settings, max_jobs=2, job_bytes=1000))
    begun(hub), begun(hub)
    with pytest.raises(ServerFull, match="try again"):
        hub.begin("count", {"to": 1})
    forget_all(hub)
    assert hub.stats()["jobs"] == 0
    large = [hub.begin("fill", {"bytes": 400}) for _ in range(2)]
    assert all(len(ended(hub, job_id).data) == 400 for job_id in large)
    assert len(ended(hub, hub.begin("fill", {"bytes": 500})).data) == 500
    with pytest.raises(KeyError):
        hub.job(large[0])
    assert hub.job(large[1]).data
    assert "larger than" in ended(hub, hub.begin("fill", {"bytes": 1001})).text
