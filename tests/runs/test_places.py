"""Places in the workers: runs that nobody looks at leave, runs that somebody looks at come back as they were."""

import pytest

from playground.runs import ServerFull
from playground.training import Trainer
from tests.runs.viewer import EVERYTHING, Viewer, experiment, running_hub

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def small_hub():
    """One worker with two places; runs leave a second after the last look; four runs are remembered."""
    with running_hub(runs_per_worker=2, idle_seconds=1, max_runs=4) as hub:
        yield hub


async def test_a_run_that_nobody_looks_at_leaves_and_comes_back_bit_for_bit(small_hub):
    hub, run_id = small_hub, small_hub.create(experiment())
    viewer = Viewer(hub, run_id, {"network": {}})
    hub.control(run_id, "play")
    await viewer.until(lambda frame: frame["status"]["step"] > 100)
    record = hub._records[run_id]
    viewer.close()
    with hub.lock:
        assert hub._saved.wait_for(lambda: record.slot is None, 20), "it has left its worker"
    step = record.saved_step
    assert step > 100
    assert hub.get(run_id).state == "paused"
    assert not hub.get(run_id).loaded

    viewer = Viewer(hub, run_id, {"network": {}})
    back = await viewer.drawn("network")
    assert back["status"]["step"] == step
    assert back["status"]["state"] == "paused"
    assert "nobody" in back["status"]["notice"]["text"]
    hub.control(run_id, "step", 50)
    await viewer.until(lambda frame: frame["status"]["step"] == step + 50)
    saved, direct = Trainer.loads(hub.checkpoint(run_id)), Trainer(experiment())
    direct.advance(steps=step + 50)
    assert saved.history.equals(direct.history)
    viewer.close()


async def test_a_full_server_says_so(small_hub):
    hub = small_hub
    viewers = []
    for seed in range(2):
        run_id = hub.create(experiment(seed))
        viewers.append(Viewer(hub, run_id, EVERYTHING))
        await viewers[-1].drawn("boundary")
    with pytest.raises(ServerFull, match="full"):
        hub.create(experiment(9))
    assert issubclass(ServerFull, ValueError)
    viewers[0].close()
    run_id = hub.create(experiment(9))
    await Viewer(hub, run_id, EVERYTHING).drawn("boundary")

    waiting = Viewer(hub, viewers[0].subscription.run_id, EVERYTHING)
    told = await waiting.until(lambda frame: frame["status"]["notice"])
    assert "full" in told["status"]["notice"]["text"]
    viewers[1].close()
    for viewer in list(hub._records[run_id].viewers):
        viewer.close()
    served = await waiting.drawn("boundary")
    assert served["status"]["notice"] is None
    waiting.close()


async def test_the_server_forgets_the_run_unseen_for_longest(small_hub):
    hub = small_hub
    ids = []
    for seed in range(6):
        ids.append(hub.create(experiment(seed)))
        viewer = Viewer(hub, ids[-1])
        await viewer.until(lambda frame: frame["status"]["train_loss"] is not None)
        viewer.close()
    assert hub.stats()["runs"] <= 4
    assert hub.get(ids[0]) is None
    assert hub.get(ids[-1]) is not None
    with pytest.raises(KeyError):
        hub.control(ids[0], "play")
