"""The recipe: what changes while the network trains, and what starts it again."""

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person


@pytest.fixture
def training(stayer: Person) -> Person:
    stayer.transport.get_by_label("Speed").select_option("100/s")
    stayer.play()
    stayer.tab("Training")
    return stayer


def test_learning_rate_and_regularisation_change_while_it_runs(training):
    rev = training.status["rev"]
    experiment = training.changes_address(lambda: training.fill("Learning rate", 0.1))
    assert experiment.training.optimizer.lr == 0.1
    training.until("status.lr === 0.1")
    training.reads("Learning rate", "0.1")
    step = training.step
    assert step > 0
    for label, name in (("L1", "l1"), ("L2", "l2"), ("Weight decay", "weight_decay"), ("Clip gradients", "clip_norm")):
        changed = training.changes_address(lambda label=label: training.fill(label, 0.01))
        assert getattr(changed.training, name) == 0.01
    training.goes_on()
    assert training.step > step
    assert training.status["rev"] == rev, "never started again"
    assert training.status["state"] == "playing"


def test_another_batch_size_starts_again_and_plays_on(training):
    training.until("status.step > 50")
    rev = training.status["rev"]
    assert training.changes_address(lambda: training.fill("Batch size", 50)).training.batch_size == 50
    training.until("status.rev === rev + 1 && status.steps_per_epoch === 5 && status.state === 'playing'", rev=rev)
    training.goes_on(10)


def test_another_optimizer_brings_its_own_parameters_and_keeps_the_rest(training):
    before, rev = training.experiment, training.status["rev"]
    after = training.changes_address(lambda: training.choose("Optimizer", "Adam"))
    assert after.training.optimizer.kind == "adam"
    assert after.training.loss == before.training.loss
    assert after.network == before.network
    training.page.get_by_role("spinbutton", name="Beta", exact=False).first.wait_for()
    training.until("status.rev === rev + 1 && status.step > 0", rev=rev)


def test_a_value_out_of_range_says_what_would_be_right_and_costs_nothing(training):
    before = training.experiment
    training.fill("Batch size", -5)
    field = training.page.get_by_role("spinbutton", name="Batch size")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.evaluate("field => field.validationMessage") == "Value must be greater than or equal to 1."
    training.goes_on()
    assert training.experiment == before
    after = training.changes_address(lambda: training.fill("Batch size", 20))
    assert after.training.batch_size == 20
