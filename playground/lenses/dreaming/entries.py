"""The lens of what a unit wants to see. Torch-free."""

from __future__ import annotations

from typing import Literal

from playground.experiment.entry import parameter
from playground.lenses.lens import ClassifierLens
from playground.settings import settings

LayerPath = tuple[int, ...]


class Dreams(ClassifierLens):
    kind: Literal["dream"]
    path: LayerPath = parameter(
        (),
        label="Layer",
        help="Whose filters or units are excited. Empty: the output, one image for each class.",
        max_length=settings.max_depth + 1,
    )
    first: int = parameter(0, label="First", help="The unit to begin with, from 0.", ge=0, lt=1_000_000, step=1)
    shown: int = parameter(12, label="Shown", help="Most units that are drawn.", ge=1, le=32, step=1)
    steps: int = parameter(
        256, label="Steps", help="Steps uphill that a network at rest is given.", ge=1, le=2048, step=16
    )
    jitter: int = parameter(
        1, label="Jitter", help="Pixels that the image is shifted by at random before each step.", ge=0, le=8, step=1
    )
    blur: float = parameter(
        0.5, label="Blur", help="How much every fourth step is blurred, in pixels.", ge=0.0, le=3.0, step=0.1
    )
    decay: float = parameter(
        0.02, label="Decay", help="Share of its colour that every pixel loses at each step.", ge=0.0, le=0.5, step=0.01
    )
    colours: bool = parameter(
        True,
        label="Colours together",
        help="Whether red, green and blue change together as they do in the training images.",
    )
    seed: int = parameter(0, label="Seed", help="Of the noise that it begins with.", ge=0, lt=2**31, step=1)
    label = "Dream"
    about = "Images that grow out of noise towards whatever excites a unit most: what it wants to see."
