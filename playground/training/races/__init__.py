"""Races of optimizers, from one start: on analytic terrain, and on the network of an experiment."""
