"""What may happen to a server and its connections, seen by the people who train on it meanwhile."""

import os
import re
import signal
import threading

import numpy as np
import pytest
from playwright.sync_api import WebSocketRoute, expect

from playground.training import Trainer
from tests.browser.conftest import no_failures
from tests.browser.person import Person, described, linear
from tests.browser.room import report

EXPERIMENTS = (
    described(linear(4), {"kind": "tanh"}, data={"kind": "xor"}),
    described(linear(8), {"kind": "relu"}, {"kind": "dropout", "p": 0.1}, optimizer={"kind": "adam", "lr": 0.01}),
)
# Traces of the curves and what they are in a trainer's history.
CURVES = {0: "train_loss", 1: "test_loss", 2: "train_accuracy", 3: "test_accuracy"}


def assert_curves_are_undisturbed(person: Person) -> None:
    """What is drawn is, bit for bit, the history of a trainer to which nothing ever happened."""
    per_epoch = person.status["steps_per_epoch"]
    trainer = Trainer(person.experiment)
    trainer.advance(steps=person.step)
    history = trainer.history.set_index("step")
    for trace, name in CURVES.items():
        drawn = person.page.evaluate(
            "i => { const { x, y } = document.querySelector('.st-key-curves .np-plot-node').data[i];"
            " return [[...x], [...y]]; }",
            trace,
        )
        steps = np.rint(np.float64(drawn[0]) * per_epoch).astype(int)
        common = [step in history.index for step in steps]
        assert sum(common) >= min(20, len(steps)) > 5
        expected = history.loc[steps[common], name].to_numpy(np.float32)
        assert np.array_equal(np.float32(drawn[1])[common], expected), name


@pytest.mark.slow
def test_two_runs_survive_the_death_of_their_worker(frail, visiting):
    with no_failures(frail) as errors:
        people = [Person(report(visiting.new_page(), errors)).open(experiment) for experiment in EXPERIMENTS]
        for person in people:
            person.transport.get_by_label("Speed").select_option("100/s")
            person.play()
        for person in people:
            person.until("status.step > 150")  # saved by now, and more than once
            person.keep_nodes()
        seen = [person.step for person in people]
        (worker,) = frail.workers()
        os.kill(worker, signal.SIGKILL)
        for person, step in zip(people, seen, strict=True):
            expect(person.notice).to_contain_text(re.compile(r"The run goes on from step \d+"))
            person.until("status.step > step && status.state === 'playing'", step=step)
        for person in people:
            person.until("status.step > step", step=max(seen) + 100)
            person.rests_at(person.pause())
            assert all(person.same_nodes)
            assert_curves_are_undisturbed(person)
            person.page.close()


def test_a_lost_connection_comes_back_by_itself(new_page):
    person = Person(new_page())
    sockets: list[WebSocketRoute] = []
    refused: list[WebSocketRoute] = []
    told = threading.Event()  # that the connection is lost: the server is away at least for so long

    def connect(socket: WebSocketRoute) -> None:
        if sockets and not (told.is_set() and len(refused) >= 2):
            refused.append(socket)
            socket.close(code=1012, reason="restarting")
        else:
            sockets.append(socket)
            socket.connect_to_server()

    person.page.route_web_socket(re.compile("/live/"), connect)
    person.open()
    person.play()
    person.keep_nodes()
    step = person.step
    sockets[0].close(code=1012)
    expect(person.notice).to_contain_text("Connection lost. Reconnecting")
    told.set()
    expect(person.page.locator(".np-link")).to_have_text("connected")
    assert len(sockets) == 2
    assert len(refused) >= 2
    person.until("status.step > step", step=step)
    person.frames(3)
    assert all(person.same_nodes)
    expect(person.notice).to_contain_text("Drag the timeline")


@pytest.mark.slow
def test_a_server_that_starts_again_finds_its_visitors(frail, visiting):
    """The run is kept, and found again by its address: it rests where it was and goes on from there."""
    person = Person(report(visiting.new_page(), [])).open(EXPERIMENTS[0])
    step, run = person.train(epochs=1), person.run
    frail.stop()
    expect(person.notice).to_contain_text("Connection lost. Reconnecting")
    frail.start()
    expect(person.page.locator(".np-link")).to_have_text("connected")
    person.until("status.state === 'paused' && status.step === step", step=step)
    assert (person.run, person.experiment) == (run, EXPERIMENTS[0])
    assert person.train(epochs=1) > step
    person.page.close()
