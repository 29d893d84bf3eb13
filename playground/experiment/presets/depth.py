"""Presets about where weights start, and how signals get through many layers."""

from typing import Any

from playground.experiment.presets.recipes import Preset, experiment, linear, playground_rules, recipe, stack

LAYERS = 8
MOONS = {"kind": "moons", "noise": 0.1}
TOWER = recipe("bce", "sgd", 0.1, 25)


def _starts(weights: str, **more: Any) -> dict[str, Any]:
    return {"weights": {"kind": weights, **more}, "biases": {"kind": "zeros"}}


def _tower(network: list[dict[str, Any]], weights: str = "xavier_normal") -> Any:
    return experiment(MOONS, network, TOWER, init=_starts(weights))


DEPTH = {
    "zeros": Preset(
        "All weights zero",
        "Nothing tells the units apart, and no gradient gets through: the symmetry is never broken.",
        "Every tile stays blank; only the last bias moves. Under “How weights start” choose uniform: it learns.",
        playground_rules(init=_starts("zeros")),
    ),
    "copies": Preset(
        "All weights alike",
        "Every weight starts at 0.3: the units of a layer get the same gradient, and stay copies of each other.",
        "All tiles of a layer are one and the same, and stay so: four units see no more than one does.",
        playground_rules(init=_starts("constant", value=0.3)),
    ),
    "saturated": Preset(
        "Weights far too large",
        "Tanh layers that start with a spread of 5: nearly every unit sits at −1 or +1.",
        "Hard edges everywhere, and learning is slow: flat units pass on no gradient (see Inside). Try Xavier weights.",
        experiment({"kind": "circle"}, stack(8, 8, 8), recipe("bce", "sgd", 0.03, 25), init=_starts("normal", std=5.0)),
    ),
    "sigmoid-tower": Preset(
        "Vanishing gradients",
        "Eight sigmoid layers: each passes on at most a quarter of the gradient.",
        "The loss stays at 0.69, a coin toss. Inside: the first layer gets a 10,000th of the last one's gradient.",
        _tower(stack(*[8] * LAYERS, activation="sigmoid")),
    ),
    "relu-tower": Preset(
        "ReLU lets it through",
        "The same eight layers with ReLU and Kaiming weights: where a unit is on, its slope is 1.",
        "What the sigmoid tower never learns takes seconds. Inside: the gradients of all layers are of like size.",
        _tower(stack(*[8] * LAYERS, activation="relu"), "kaiming_normal"),
    ),
    "residual-tower": Preset(
        "A way around each layer",
        "Sigmoids again, but in residual blocks: the gradient takes the shortcut (He et al. 2015).",
        "The tower learns, sigmoids and all: Inside, no layer's gradient is far below the others.",
        _tower([linear(8), *[{"kind": "residual", "layers": stack(8, activation="sigmoid")}] * (LAYERS - 1)]),
    ),
    "batch-norm-tower": Preset(
        "Batch norm holds the middle",
        "Sigmoids a third time, each after a batch norm that keeps its input where the slope is steep.",
        "It learns, if less smoothly: the norms differ from batch to batch, and the loss trembles.",
        _tower([layer for _ in range(LAYERS) for layer in (linear(8), {"kind": "batch_norm"}, {"kind": "sigmoid"})]),
    ),
}
