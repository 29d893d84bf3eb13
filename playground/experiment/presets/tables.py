"""Presets on tables: rows of real measurements, and two made-up ones."""

from playground.experiment.presets.recipes import Preset, experiment, recipe, stack

TABLES = {
    "iris": Preset(
        "Iris",
        "Three species of flowers by four lengths: a real table, three classes, cross-entropy.",
        "Setosa parts at once; versicolor and virginica share a blurred border.",
        experiment({"kind": "iris"}, stack(8, activation="relu"), recipe("cross_entropy", "adam", 0.01, 16)),
    ),
    "breast-cancer": Preset(
        "Breast cancer",
        "569 tumours by thirty measurements, and no hidden layer: logistic regression.",
        "About 95 % are right without any hidden layer. See Results for the rest: which of the two errors is worse?",
        experiment({"kind": "breast_cancer"}, [], recipe("bce", "adam", 0.01, 32)),
    ),
    "price": Preset(
        "A price from a table",
        "What a flat costs by size, place, age and three more: a made-up city with known rules.",
        "R² passes 0.95. Remove all hidden layers: it stays near 0.85, for size and distance multiply.",
        experiment({"kind": "flats"}, stack(24, 24, activation="relu"), recipe("mse", "adam", 0.01, 20)),
    ),
    "imbalance": Preset(
        "One class is rare",
        "Machine readings, of which 6 in 100 are faults: saying “fine” every time is right 94 times in 100.",
        "94 % right, and not one fault found (see Results). Balance classes under Data: now it finds nearly all.",
        experiment({"kind": "faults"}, stack(8, activation="relu"), recipe("bce", "sgd", 0.02, 25)),
    ),
}
