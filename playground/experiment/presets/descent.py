"""Presets about going downhill: learning rate, momentum, batches."""

from playground.experiment.presets.recipes import Preset, experiment, playground_rules, recipe, stack

MOONS = {"kind": "moons", "noise": 0.1}

DESCENT = {
    "rate-too-small": Preset(
        "Learning rate too small",
        "The circle that takes seconds, with a hundredth of the step: 0.0003.",
        "After 100 epochs the loss has hardly moved. Raise the rate to 0.1 while it trains, and it drops at once.",
        playground_rules(training=recipe("half_mse", "sgd", 0.0003, 10)),
    ),
    "rate-too-large": Preset(
        "Learning rate too large",
        "One linear neuron on a slope, with steps of 0.3: every step overshoots the valley.",
        "The loss explodes within the first epoch, and the run is stopped. At 0.03 it fits the slope exactly.",
        experiment({"kind": "plane"}, [], recipe("mse", "sgd", 0.3, 10)),
    ),
    "momentum": Preset(
        "Momentum",
        "SGD that carries on nine tenths of its last step, and so gathers speed downhill.",
        "Below a loss of 0.1 within 60 epochs. Set the momentum to 0 and reset: it is still far above.",
        experiment(MOONS, stack(8, 8), recipe("bce", "sgd", 0.01, 25, momentum=0.9)),
    ),
    "one-by-one": Preset(
        "A step for every point",
        "Batches of one: quick to start and never at rest, for every point pulls its own way.",
        "The loss curve trembles: about two records in five go up. Lower the learning rate, and it calms down.",
        playground_rules(training=recipe("half_mse", "sgd", 0.1, 1)),
    ),
    "all-at-once": Preset(
        "A step for all points",
        "One batch holds all the training points: the exact gradient, and one step an epoch.",
        "A smooth curve without a single rise, but it takes hundreds of epochs. Compare with batches of 10.",
        playground_rules(training=recipe("half_mse", "sgd", 0.1, 250)),
    ),
    "second-order": Preset(
        "Fifteen large steps",
        "L-BFGS learns the curvature from its own steps; it wants all the points at once.",
        "Press step fifteen times: all training points are right. SGD needs hundreds of steps for the same.",
        experiment(MOONS, stack(8), recipe("bce", "lbfgs", 1.0, 250)),
    ),
}
