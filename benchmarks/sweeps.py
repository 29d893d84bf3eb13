"""How fast a study is: cells that train together, beside a textbook loop, and Optuna and Ray Tune running that.

    python -m benchmarks sweeps

The study: eight learning rates times eight seeds, a network 2-8-8-1 on the circle in batches of 10. Ours makes the
networks, trains them, and measures, all of which counts; the textbook loop only trains. The others would take minutes:
they train a few cells for a few epochs, and what the whole study takes is worked out from that, in their favour where
there is a choice. Ray Tune is asked where it is installed (`pip install -r requirements-cluster.txt`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.contenders import prepare, ratio, textbook, verdict
from playground.experiment import Experiment
from playground.experiment.presets.recipes import playground_rules, recipe, stack
from playground.training import Sweep, Trainer

RATES, SEEDS = tuple(np.geomspace(0.003, 0.3, 8).tolist()), tuple(range(8))
NEEDED = 200.0
"""How many times as fast as the textbook loop a study of `EPOCHS` has to be."""
EPOCHS = 400
FRAMES_NEEDED = 4.0


def experiment(rate: float, seed: int) -> Experiment:
    """A cell."""
    rules = playground_rules({"kind": "circle", "features": ["x1", "x2"]}, stack(8, 8), seed=seed)
    rules["training"] = recipe("half_mse", "sgd", rate, 10)
    return Experiment.model_validate(rules)


def main(rounds: int = 5, trials: int = 8) -> dict[str, float]:
    """Print and return what everybody takes, in seconds, how many times as fast ours is, and pictures a second."""
    prepare()
    cells = [experiment(rate, seed) for rate in RATES for seed in SEEDS]
    Sweep(cells[:4], device="cpu").advance(epochs=2)
    results = _against_textbook(cells, rounds)
    speed = len(cells) * EPOCHS / results["textbook"]
    results["optuna"] = _by_optuna(trials, speed)
    _said("plain Optuna", results["optuna"], results, f"worked out from {trials} trials")
    try:
        results["ray tune"] = _by_ray(trials, speed)
        _said("Ray Tune", results["ray tune"], results, f"worked out from {trials} trials, {os.cpu_count()} at once")
    except ImportError as missing:
        print(f"Ray Tune cannot be had ({missing}): without it")
    results["convolutions"] = _convolutions()
    results["pictures"] = _pictures(cells)
    return results


def _against_textbook(cells: list[Experiment], rounds: int) -> dict[str, float]:
    """Both in turns, each for a short and a long study."""
    loops = [textbook(cells[place]) for place in (0, 27, 36, 63)]
    for loop in loops:
        loop(2)
    results: dict[str, float] = {}
    for epochs, needed in ((100, None), (EPOCHS, NEEDED)):
        ours, theirs = [], []
        for turn in range(rounds):
            ours.append(_seconds(lambda epochs=epochs: Sweep(cells, device="cpu").advance(epochs=epochs)))
            loop = loops[turn % len(loops)]
            theirs.append(_seconds(lambda loop=loop: loop(100)) * len(cells) * epochs / 100)
        results |= {"together": median(ours), "textbook": median(theirs), f"ratio {epochs}": ratio(theirs, ours)}
        print(
            f"{len(cells)} cells, {epochs} epochs: together {median(ours):.2f} s, the textbook loop one after another "
            f"{median(theirs):.0f} s (from 100 epochs of a cell), {results[f'ratio {epochs}']:.0f} times"
            + verdict(results[f"ratio {epochs}"], needed),
            flush=True,
        )
    return results


def _by_optuna(trials: int, speed: float) -> float:
    """Seconds for the study by Optuna alone, in one process. speed: epochs a second of the loop."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.GridSampler({"rate": RATES, "seed": SEEDS}))

    def objective(trial: optuna.Trial) -> float:
        rate = trial.suggest_float("rate", min(RATES), max(RATES))
        return _trial(rate, trial.suggest_int("seed", 0, max(SEEDS)), 5)

    seconds = _seconds(lambda: study.optimize(objective, n_trials=trials))
    return _whole(seconds / trials, 5, speed)


def _by_ray(trials: int, speed: float) -> float:
    """Seconds for the study by Ray Tune on all cores, its processes started already. Raises ImportError."""
    import ray
    from ray import tune

    os.environ.setdefault("RAY_AIR_NEW_OUTPUT", "0")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    cores = os.cpu_count() or 1
    ray.init("local", num_cpus=cores, include_dashboard=False, log_to_driver=False, logging_level="ERROR")

    def study(count: int) -> float:
        space = {"rate": tune.choice(RATES), "seed": tune.choice(SEEDS)}
        config = tune.TuneConfig(num_samples=count, reuse_actors=True, metric="loss", mode="min")
        tuner = tune.Tuner(_ray_trial, param_space=space, tune_config=config,
                           run_config=tune.RunConfig(verbose=0))  # fmt: skip
        return _seconds(tuner.fit)

    try:
        study(cores)
        return _whole(study(trials) / trials, 5, speed * cores)
    finally:
        ray.shutdown()


def _ray_trial(config: dict[str, float]) -> dict[str, float]:
    return {"loss": _trial(config["rate"], int(config["seed"]), 5)}


def _trial(rate: float, seed: int, epochs: int) -> float:
    """The textbook loop of one cell."""
    import torch

    torch.set_num_threads(1)
    textbook(experiment(rate, seed))(epochs)
    return 0.0


def _whole(seconds: float, epochs: int, speed: float) -> float:
    """What all cells take for `EPOCHS`, where one takes so many seconds for `epochs`, and goes on at `speed`."""
    return len(RATES) * len(SEEDS) * (seconds + (EPOCHS - epochs) / speed)


def _said(who: str, seconds: float, results: dict[str, float], how: str) -> None:
    print(f"{who}: {seconds:.0f} s ({how}), {seconds / results['together']:.0f} times as long as together", flush=True)


def _convolutions(epochs: int = 1, count: int = 32) -> float:
    """How many times as fast as one after another small convolutional networks train together."""
    network = [{"kind": "conv2d", "channels": 8, "kernel": 3}, {"kind": "relu"}, {"kind": "max_pool2d"},
               {"kind": "conv2d", "channels": 16, "kernel": 3}, {"kind": "relu"}]  # fmt: skip
    training = {"loss": {"kind": "cross_entropy"}, "optimizer": {"kind": "adam", "lr": 0.003}, "batch_size": 32}
    rules = {"v": 1, "data": {"kind": "digits"}, "network": network, "training": training}
    cells = [Experiment.model_validate({**rules, "seed": seed}) for seed in range(count)]
    together = _seconds(lambda: Sweep(cells, device="cpu").advance(epochs=epochs))
    alone = median(_seconds(lambda: Trainer(cells[0], device="cpu").advance(epochs=epochs)) for _ in range(3))
    found = count * alone / together
    print(f"{count} networks of two convolutions on digits of 8 x 8 pixels, {epochs} epoch: together {together:.1f} s, "
          f"one trainer after another {count * alone:.1f} s (from one), {found:.1f} times", flush=True)  # fmt: skip
    return found


def _pictures(cells: list[Experiment], seconds: float = 4.0, resolution: int = 40) -> float:
    """Whole mosaics a second of all cells' boundaries, while they train at full speed in between."""
    from playground import lenses

    sweep, drawn, spent, start = Sweep(cells, device="cpu"), 0, 0.0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        sweep.advance(seconds=0.1)
        spent += _seconds(lambda: lenses.boundaries(sweep, resolution))
        drawn += 1
    found = drawn / (time.perf_counter() - start)
    print(f"mosaic of {len(cells)} boundaries of {resolution} x {resolution} places: {1000 * spent / drawn:.0f} ms; "
          f"{found:.1f} a second beside 0.1 s of training each" + verdict(found, FRAMES_NEEDED))  # fmt: skip
    return found


def _seconds(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
