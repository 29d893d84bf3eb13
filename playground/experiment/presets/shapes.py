"""Presets about what a network can draw, and with how little."""

from playground.experiment.presets.recipes import Preset, experiment, playground_rules, recipe, stack

SHAPES = {
    "linear-circle": Preset(
        "A line cannot part a circle",
        "No hidden layer: the output is one neuron, and one neuron draws one straight line.",
        "However long it trains, the accuracy stays near chance. Add a linear layer with 4 units and a tanh: solved.",
        playground_rules(network=[]),
    ),
    "identity": Preset(
        "Depth without bends",
        "Three linear layers with nothing between them: still one straight line.",
        "Linear after linear is linear: no better than no hidden layer. Change one identity to tanh and see it bend.",
        playground_rules(network=stack(6, 6, activation="identity")),
    ),
    "features": Preset(
        "Inputs instead of layers",
        "Exclusive or, solved by no hidden layer at all: the product of the two inputs does it.",
        "Switch x₁x₂ off and x₁, x₂ on: now the loss cannot fall.",
        playground_rules({"kind": "xor", "features": ["x1_x2"]}, []),
    ),
    "squares": Preset(
        "A circle by its squares",
        "Fed x₁² and x₂², one neuron is enough for the circle: a circle is a line in squares.",
        "The boundary is round from the start, and the two weights become equal: x₁² + x₂² is the radius squared.",
        experiment({"kind": "circle", "features": ["x1_squared", "x2_squared"]}, [], recipe("bce", "sgd", 0.03, 10)),
    ),
    "polygon": Preset(
        "ReLU cuts with straight edges",
        "Four ReLU units around a circle: each contributes one fold.",
        "The boundary is a polygon, one corner for each fold it crosses. With 2 units in place of 4 it cannot close.",
        experiment({"kind": "circle"}, stack(4, activation="relu"), recipe("bce", "adam", 0.02, 25)),
    ),
    "universal": Preset(
        "One hidden layer is enough",
        "A wavy curve and 24 tanh units: sums of S-shapes come close to any curve (Cybenko 1989).",
        "R² passes 0.98. With a single unit it stays near one half: one S-shape has one bend. Try 3, then 6.",
        experiment(
            {"kind": "curve", "shape": "polynomial", "noise": 0.05, "samples": 200},
            stack(24),
            recipe("mse", "adam", 0.02, 25),
        ),
    ),
}
