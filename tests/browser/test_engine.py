"""The page says which engine trains, and why."""

from playground.experiment.presets import PRESETS, start

LBFGS = start().replace(training={**start().training.model_dump(), "optimizer": {"kind": "lbfgs"}})


def engine(person):
    return person.page.locator(".np-badge")


def test_the_engine_is_named_and_tells_why(person):
    person.open()
    badge, why = engine(person), person.page.locator(".np-why")
    assert badge.inner_text() == "fused · cpu"
    assert not why.is_visible()
    badge.click()
    assert "compiled code" in why.inner_text()
    assert badge.get_attribute("aria-expanded") == "true"
    badge.press("Escape")
    assert not why.is_visible()


def test_another_optimizer_brings_another_engine(person):
    person.open(LBFGS)
    badge = engine(person)
    assert badge.inner_text() == "torch · cpu"
    assert "does not know L-BFGS" in badge.get_attribute("title")


def test_a_run_gathers_speed_so_that_its_first_steps_are_seen(person):
    person.open(PRESETS["spiral"].experiment)
    person.play()
    person.until("status.step > 100000")
    seen = [frame["step"] for frame in person.notes["frames"] if "boundary" in frame["views"]]
    assert len({step for step in seen if 0 < step < 2_000}) >= 3
    assert any(2_000 < step < 50_000 for step in seen)
