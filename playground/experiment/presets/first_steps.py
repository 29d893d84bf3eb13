"""Presets to begin with."""

from playground.experiment.presets.recipes import Preset, experiment, playground_rules, recipe, stack

FIRST_STEPS = {
    "tensorflow-playground": Preset(
        "TensorFlow Playground rules",
        "The classroom classic, number for number: the circle with 4 and 2 tanh units.",
        "The test loss falls to about 0.005 in 200 epochs; with the activations set to identity it stays near 0.5.",
        playground_rules(),
    ),
    "spiral": Preset(
        "Spiral",
        "Two arms wound around each other, and three layers of eight tanh units.",
        "Nothing for a while, then the boundary begins to turn with the arms, and within 3,000 epochs it parts them.",
        playground_rules({"kind": "spiral", "seed": 7}, stack(8, 8, 8), init={"weights": {"kind": "xavier_uniform"}}),
    ),
    "clouds": Preset(
        "One neuron per class",
        "Four clouds, four outputs, no hidden layer: softmax regression.",
        "The borders between the classes are straight lines, and all but a point or two end up on the right side.",
        experiment({"kind": "blobs", "classes": 4, "noise": 0.1}, [], recipe("cross_entropy", "adam", 0.05, 25)),
    ),
    "curve": Preset(
        "Fit a curve",
        "One input, one output, two layers of sixteen tanh units: a line that bends into shape.",
        "A slope first, then one bend after the other, until R² passes 0.9. Raise the noise: the line stays calm.",
        experiment(
            {"kind": "curve", "shape": "sine", "noise": 0.1, "samples": 200},
            stack(16, 16),
            recipe("mse", "adam", 0.01, 16),
        ),
    ),
    "hills": Preset(
        "Hills and hollows",
        "Two inputs, one number: the network becomes a landscape over the plane.",
        "A blur first; then the bumps part from one another. With 3 units in a layer some of them stay merged.",
        experiment({"kind": "multi_gaussian"}, stack(24, 24), recipe("mse", "adam", 0.01, 25)),
    ),
}
