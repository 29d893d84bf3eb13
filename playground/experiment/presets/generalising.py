"""Presets about what is learnt by heart, and what helps against it: one situation, and one remedy in each."""

from typing import Any

from playground.experiment.presets.recipes import Preset, experiment, recipe, stack

WIDE = stack(32, 32, activation="relu")
FEW = {"kind": "moons", "noise": 0.35, "samples": 200, "test_fraction": 0.8}
HARD = recipe("bce", "adam", 0.01, 20)


def _few(network: list[dict[str, Any]] | None = None, **more: Any) -> Any:
    return experiment(FEW, WIDE if network is None else network, {**HARD, **more})


GENERALISING = {
    "overfitting": Preset(
        "Overfitting",
        "40 noisy points and a thousand weights: enough to learn every point by heart.",
        "The train loss goes to 0 while the test loss turns and climbs. Islands of colour grow around single points.",
        _few(),
    ),
    "l2": Preset(
        "L2 against overfitting",
        "The same 40 points, with every weight pulled towards zero.",
        "The boundary stays smooth and the test loss low. Turn L2 down to 0 while it trains: the islands come.",
        _few(l2=0.03),
    ),
    "dropout": Preset(
        "Dropout against overfitting",
        "The same 40 points, with half of the units silenced at each step.",
        "The train loss cannot reach 0 any more, and the test loss climbs far less than without dropout.",
        _few(stack(32, 32, activation="relu", after=({"kind": "dropout", "p": 0.5},))),
    ),
    "more-data": Preset(
        "More data",
        "The same network on 800 points in place of 40: there is nothing left to learn by heart.",
        "The two loss curves stay side by side. Take the number of points down to 100, and they part.",
        experiment({**FEW, "samples": 1600, "test_fraction": 0.5}, WIDE, recipe("bce", "adam", 0.01, 100)),
    ),
    "early-stopping": Preset(
        "Stop in time",
        "The same 40 points: the run ends when the test loss has not fallen for 20 epochs.",
        "It stops after some dozens of epochs and takes back its best weights, from before the test loss turned.",
        _few(early_stopping={"patience": 20}),
    ),
    "label-noise": Preset(
        "One label in five is wrong",
        "A simple circle, but a fifth of the training points carry the wrong class.",
        "First it finds the circle, the test accuracy near 100 %; then it learns the errors, and the accuracy falls.",
        experiment({"kind": "circle", "samples": 300, "label_noise": 0.2}, WIDE, recipe("bce", "adam", 0.01, 25)),
    ),
}
