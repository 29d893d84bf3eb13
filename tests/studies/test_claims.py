"""Trials of workers that died are taken up by others, and counted once."""

import dataclasses
import math
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.trial import TrialState, create_trial
from sqlalchemy import text

from playground import worker
from playground.settings import settings as own
from playground.studies import Studies, processes, records, work
from playground.studies import claims as module
from playground.studies.claims import Claims
from playground.studies.heart import Heart
from playground.studies.records import Tally
from tests.databases import postgresql
from tests.studies.made import endless, spec, until


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('studies') / 'studies.db'}"


@pytest.fixture
def studies(sqlite):
    with closing(Studies(sqlite)) as opened:
        yield opened


def claims_of(studies, name) -> Claims:
    return Claims(studies, studies.study(name), studies.open(name))


def a_worker(url: str, name: str) -> subprocess.Popen:
    """A real one, at work on its first trial, as soon as the database says so."""
    command = [sys.executable, "-m", "playground.worker", "--storage", url, "--study", name, "--device", "cpu"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert "Working on the study" in process.stdout.readline()
    await_curve(url, name, lambda: process.poll() is None)
    return process


def await_curve(url: str, name: str, alive) -> None:
    """Until a worker, as long as it is ``alive()``, has trained its first trial for a while."""
    with closing(Studies(url)) as studies:
        study = studies.study(name)
        while not any(trial.intermediate_values for trial in study.get_trials(deepcopy=False)):
            assert alive()
            time.sleep(0.02)


def taken_up(url: str, name: str, number: int) -> dict:
    """The row of the trial that takes up ``number``, once somebody else works on it."""
    steps = work(url, name, device="cpu")
    until(steps, lambda step: step.text.startswith(f"Trial {number + 1}"))
    with closing(Studies(url)) as studies:
        row = studies.report(name)["trials"][number + 1]
    steps.close()
    return row


def test_the_trial_of_a_worker_that_was_killed_is_taken_up_by_another(studies):
    name = studies.create(endless(trials=3))
    with a_worker(studies.url, name) as process:
        process.kill()
    first = studies.report(name)["trials"][0]
    assert (first["state"], first["worker"]) == ("running", f"{os.uname().nodename[:60]}:{process.pid}")
    second = taken_up(studies.url, name, 0)
    assert (second["state"], second["params"]) == ("running", first["params"])
    assert second["note"] == "Trial 0 again."
    assert studies.study(name).get_trials()[1].system_attrs["retry_history"] == [0]
    assert studies.report(name)["trials"][0]["state"] == "retried"


def test_a_worker_that_is_interrupted_gives_its_trial_back_on_postgresql(capsys):
    with postgresql() as given:
        url = dataclasses.replace(own, storage=given).storage_url
        with closing(Studies(url)) as studies:
            name = studies.create(endless(trials=3))
            at_work = threading.Event()

            def interrupt():
                await_curve(url, name, lambda: True)
                at_work.set()
                os.kill(os.getpid(), signal.SIGTERM)

            thread = threading.Thread(target=interrupt)
            thread.start()
            assert worker.main(["--storage", given, "--study", name, "--device", "cpu"]) == worker.INTERRUPTED
            thread.join()
            assert at_work.is_set()
            assert "given back" in capsys.readouterr().out
            assert [row["state"] for row in studies.report(name)["trials"]] == ["retried", "waiting"]
            assert taken_up(url, name, 0)["note"] == "Trial 0 again."
            assert [study["name"] for study in studies.list(None)] == [name] == studies.running()


def test_the_heart_beats_while_the_worker_is_busy_and_hears_what_is_said(studies):
    name = studies.create(spec())
    trial = claims_of(studies, name).take("here")
    heart = Heart(studies, name, beat=0.01)
    heart.beat_for(trial._trial_id)
    with studies.storage.engine.begin() as connection:
        connection.execute(text("UPDATE trial_heartbeats SET heartbeat = '2001-01-01 00:00:00'"))
    studies.pause(name)
    heart.soon()
    while heart.state != "paused" or studies.storage._get_stale_trial_ids(studies.study(name)._study_id):
        time.sleep(0.01)
    studies.delete(name)
    while not heart.gone:
        time.sleep(0.01)
    heart.end()


def test_a_worker_on_another_machine_is_missed_once_its_heart_stops(studies):
    name = studies.create(spec())
    claims = claims_of(studies, name)
    trials = [claims.take("elsewhere:1") for _ in range(2)]
    for trial in trials:
        trial.set_user_attr(records.PROCESS, "another/machine/1/2")
        studies.storage.record_heartbeat(trial._trial_id)
    with studies.storage.engine.begin() as connection:  # the first one's last beat was an hour ago
        ago = text("UPDATE trial_heartbeats SET heartbeat = datetime(heartbeat, '-1 hour') WHERE trial_id = :it")
        connection.execute(ago, {"it": trials[0]._trial_id})
    claims.take_up()
    rows = studies.report(name)["trials"]
    assert [row["state"] for row in rows] == ["retried", "running", "waiting"]
    assert rows[0]["note"].endswith("Its worker was not heard of any more. Taken up as trial 2.")


def test_a_trial_whose_worker_died_before_its_first_beat_is_taken_up_too(studies, monkeypatch):
    name = studies.create(spec())
    claims = claims_of(studies, name)
    claims._study.ask(claims._draws)  # before it has put its mark on it ...
    claims._study.ask(claims._draws).set_user_attr(records.PROCESS, "another/machine/1/2")  # ... and after that
    claims.take_up()
    assert studies.report(name)["counts"]["running"] == 2  # they may be about to beat
    for patience, counts in (
        ((module, "UNMARKED_SECONDS"), {"retried": 1, "waiting": 1, "running": 1}),
        ((studies.storage, "grace_period"), {"retried": 2, "waiting": 2, "running": 0}),
    ):
        monkeypatch.setattr(*patience, -1)
        claims._looked = -math.inf
        claims.take_up()
        assert studies.report(name)["counts"] | counts == studies.report(name)["counts"]


def test_a_worker_that_was_slow_to_put_its_mark_leaves_its_trial_to_others(studies, monkeypatch):
    name = studies.create(spec())
    claims, others = claims_of(studies, name), claims_of(studies, name)
    monkeypatch.setattr(module, "UNMARKED_SECONDS", -1)
    mark = processes.mark()

    def slowly() -> str:
        others.take_up()
        return mark

    with monkeypatch.context() as patched:
        patched.setattr(processes, "mark", slowly)
        assert claims.take("here") is None
    assert claims.take("here").number == 1
    assert studies.study(name).get_trials()[1].system_attrs["retry_history"] == [0]


def test_a_trial_that_kills_every_worker_fails_in_the_end(studies):
    name = studies.create(spec())
    claims = claims_of(studies, name)
    for _ in range(6):
        claims.take("here").set_user_attr(records.PROCESS, dead())
        claims._looked = -math.inf
        claims.take_up()
    counts = studies.report(name)["counts"]
    assert (counts["failed"], counts["retried"], counts["waiting"], counts["running"]) == (1, 5, 0, 0)


def dead() -> str:
    """The mark of a process of this machine that is no more."""
    here, _, began = processes.mark().rpartition("/")
    return f"{here}/{int(began) - 1}"


def test_processes_are_told_apart():
    assert not processes.is_dead(processes.mark())
    assert processes.is_dead(dead())
    for nothing in (None, 7, "", "a/b", "x" * 1000, "another/machine/1/2", f"{processes.mark()}x/../1"):
        assert not processes.is_dead(nothing)


def test_of_two_workers_that_ask_for_the_last_trial_one_is_too_many(studies):
    name = studies.create(spec(trials=1))
    first, second = claims_of(studies, name), claims_of(studies, name)
    assert first.take("one") is not None
    assert second.take("two") is None
    assert studies.report(name)["counts"] == {**dict.fromkeys(studies.report(name)["counts"], 0), "running": 1}


@settings(max_examples=15)
@given(st.lists(st.sampled_from(["complete", "pruned", "failed", "running", "lost", "surplus"]), max_size=20))
def test_every_trial_counts_once(kinds):
    """A lost trial counts as the one that took it up."""
    states = {"complete": TrialState.COMPLETE, "running": TrialState.RUNNING, "pruned": TrialState.PRUNED}
    trials = []
    for kind in kinds:
        trial = create_trial(
            state=states.get(kind, TrialState.FAIL), value=1.0 if kind == "complete" else None,
            user_attrs={records.SURPLUS: True} if kind == "surplus" else {},
        )  # fmt: skip
        trial.number = len(trials)
        trials.append(trial)
        if kind == "lost":
            again = create_trial(state=TrialState.WAITING, system_attrs={"retry_history": [trial.number]})
            again.number = len(trials)
            trials.append(again)
    tally = Tally.of(trials)
    assert tally.waiting == len(tally.handed_on) == kinds.count("lost")
    assert tally.running == kinds.count("running")
    assert tally.done + tally.running + tally.waiting == len(kinds) - kinds.count("surplus")


@settings(max_examples=15)
@given(st.lists(st.floats(0.1, 5.0), min_size=1, max_size=20), st.floats(1000.0, 1e6))
def test_a_second_of_work_counts_once_and_a_pause_does_not(steps, pause):
    """Two workers note the same clock, one late; in the middle nobody works for long."""
    now, attributes = 1e9, {records.CLOCK: [0.0, 1e9]}
    for index, step in enumerate(steps):
        now += step
        attributes[records.CLOCK] = records.tick(attributes, now)
        assert records.tick(attributes, now - 1.0) == attributes[records.CLOCK]
        if index == len(steps) // 2:
            now += pause
            attributes[records.CLOCK] = records.wind(attributes, now)
    assert records.worked(attributes) == pytest.approx(sum(steps), rel=1e-6)
