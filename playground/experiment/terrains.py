"""Analytic terrains: functions of two numbers on which optimizers race, with their published minima."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np

from playground.experiment.entry import Entry, parameter

Point = tuple[float, float]


class Terrain(Entry):
    """A function of two numbers, low where it is good.

    minima are its global minima; where they depend on no parameter they are what the literature gives.
    """

    span: ClassVar[tuple[Point, Point]]
    """What is shown of it: ((least, greatest) of x, (least, greatest) of y)."""
    start: ClassVar[Point]
    """From where a race is worth seeing."""
    minima: ClassVar[tuple[Point, ...]]
    lowest: ClassVar[float] = 0.0
    """The value at the minima."""
    log: ClassVar[bool] = False
    """Whether its values span so much that only a logarithmic height shows its valley."""
    steps: ClassVar[int] = 300
    """Steps of a race that is worth seeing."""
    side: ClassVar[float] = -60.0
    """From where it is first looked at: degrees from the x axis, anticlockwise."""
    rates: ClassVar[tuple[float, ...]]
    """The learning rates that go well here, in the order of the usual line-up (`playground.experiment.races.USUAL`)."""

    def value(self, x: Any, y: Any, of: Any = np) -> Any:
        """The height at (x, y): arrays or tensors of one shape. of: whose ``cos``, ``exp`` and ``sqrt`` suit them."""
        raise NotImplementedError


class Bowl(Terrain):
    kind: Literal["bowl"]
    label = "Bowl"
    about = "Equally steep in every direction: the gradient points at the minimum, and every optimizer finds it."
    formula = r"f(x, y) = \tfrac{1}{2}(x^2 + y^2)"
    span = ((-3.0, 3.0), (-3.0, 3.0))
    start = (-2.4, 1.8)
    minima = ((0.0, 0.0),)
    steps = 150
    rates = (0.08, 0.02, 0.02, 0.03, 0.4, 0.1)

    def value(self, x: Any, y: Any, of: Any = np) -> Any:
        return 0.5 * (x * x + y * y)


class Ravine(Terrain):
    kind: Literal["ravine"]
    steepness: float = parameter(
        20.0,
        label="Steepness",
        help="How many times steeper the walls are than the floor: the condition number.",
        ge=1.0,
        le=1000.0,
        log=True,
    )
    label = "Ravine"
    about = (
        "Steep walls and a gently falling floor: plain descent must take small steps not to bounce between the walls, "
        "and then crawls along the floor."
    )
    formula = r"f(x, y) = \tfrac{1}{2}(x^2 + \kappa\, y^2)"
    span = ((-3.0, 3.0), (-2.0, 2.0))
    start = (-2.6, 1.2)
    minima = ((0.0, 0.0),)
    rates = (0.09, 0.02, 0.02, 0.02, 0.4, 0.08)

    def value(self, x: Any, y: Any, of: Any = np) -> Any:
        return 0.5 * (x * x + self.steepness * y * y)


class Saddle(Terrain):
    kind: Literal["saddle"]
    label = "Saddle"
    about = (
        "Flat in the middle, where one direction rises and the other falls: started almost on the ridge, momentum "
        "and a step size for each coordinate get away sooner; started on it, only noise does."
    )
    formula = r"f(x, y) = \tfrac{1}{2}x^2 - \tfrac{1}{2}y^2 + \tfrac{1}{4}y^4"
    span = ((-2.0, 2.0), (-1.6, 1.6))
    start = (-1.6, 0.001)
    minima = ((0.0, -1.0), (0.0, 1.0))
    lowest = -0.25
    steps = 200
    rates = (0.08, 0.02, 0.02, 0.02, 0.2, 0.03)

    def value(self, x: Any, y: Any, of: Any = np) -> Any:
        return 0.5 * x * x - 0.5 * y * y + 0.25 * y**4


class Beale(Terrain):
    kind: Literal["beale"]
    label = "Beale"
    about = "A flat plain between steep corners, with one minimum at the end of a curved valley (Beale 1958)."
    formula = r"f(x, y) = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2"
    span = ((-4.5, 4.5), (-4.5, 4.5))
    start = (1.0, 1.5)
    minima = ((3.0, 0.5),)
    log = True
    side = 12.0
    steps = 450
    rates = (0.01, 0.002, 0.002, 0.02, 0.5, 0.1)

    def value(self, x: Any, y: Any, of: Any = np) -> Any:
        return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


class Rosenbrock(Terrain):
    kind: Literal["rosenbrock"]
    steepness: float = parameter(
        100.0,
        label="Steepness",
        help="How steep the walls of the valley are beside its floor.",
        ge=1.0,
        le=1000.0,
        log=True,
    )
    label = "Rosenbrock"
    about = (
        "A long, curved valley like a banana: to find the valley is easy, to follow it to the minimum is hard "
        "(Rosenbrock 1960)."
    )
    formula = r"f(x, y) = (1 - x)^2 + b\,(y - x^2)^2"
    span = ((-2.0, 2.0), (-1.0, 3.0))
    start = (-1.5, 2.0)
    minima = ((1.0, 1.0),)
    log = True
    side = -88.0
    steps = 800
    rates = (0.001, 0.001, 0.001, 0.01, 0.5, 0.1)

    def value(self, x: Any, y: Any, of: Any = np) -> Any:
        return (1.0 - x) ** 2 + self.steepness * (y - x * x) ** 2


class Himmelblau(Terrain):
    kind: Literal["himmelblau"]
    label = "Himmelblau"
    about = (
        "Four equally deep minima: which one is reached depends on the start and on the optimizer (Himmelblau 1972)."
    )
    formula = r"f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2"
    span = ((-5.0, 5.0), (-5.0, 5.0))
    start = (-0.27, -0.9)
    minima = ((3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126))
    log = True
    steps = 120
    rates = (0.005, 0.005, 0.005, 0.05, 0.2, 0.1)

    def value(self, x: Any, y: Any, of: Any = np) -> Any:
        return (x * x + y - 11.0) ** 2 + (x + y * y - 7.0) ** 2


class Rastrigin(Terrain):
    kind: Literal["rastrigin"]
    amplitude: float = parameter(
        10.0,
        label="Height of the hills",
        help="How deep the local minima are; 0 leaves a bowl.",
        ge=0.0,
        le=20.0,
        step=1.0,
    )
    label = "Rastrigin"
    about = (
        "A bowl full of hills: nearly every start rolls into a local minimum, and only large steps, momentum or noise "
        "come further (Rastrigin 1974)."
    )
    formula = r"f(x, y) = 2A + x^2 - A\cos 2\pi x + y^2 - A\cos 2\pi y"
    span = ((-5.12, 5.12), (-5.12, 5.12))
    start = (-3.5, 2.5)
    minima = ((0.0, 0.0),)
    steps = 200
    rates = (0.002, 0.005, 0.002, 0.1, 0.5, 0.5)

    def value(self, x: Any, y: Any, of: Any = np) -> Any:
        waves = of.cos(2.0 * math.pi * x) + of.cos(2.0 * math.pi * y)
        return 2.0 * self.amplitude + x * x + y * y - self.amplitude * waves


class Ackley(Terrain):
    kind: Literal["ackley"]
    label = "Ackley"
    about = (
        "A nearly flat plain of small dents around one deep hole: far from it the gradient says little about where it "
        "is (Ackley 1987)."
    )
    formula = r"f(x, y) = -20\, e^{-0.2\sqrt{(x^2 + y^2)/2}} - e^{(\cos 2\pi x + \cos 2\pi y)/2} + e + 20"
    span = ((-5.0, 5.0), (-5.0, 5.0))
    start = (-2.4, -1.6)
    minima = ((0.0, 0.0),)
    steps = 150
    rates = (0.1, 0.01, 0.02, 0.1, 1.0, 0.3)

    def value(self, x: Any, y: Any, of: Any = np) -> Any:
        far = of.exp(-0.2 * of.sqrt(0.5 * (x * x + y * y)))
        dents = of.exp(0.5 * (of.cos(2.0 * math.pi * x) + of.cos(2.0 * math.pi * y)))
        return math.e + 20.0 - 20.0 * far - dents


TERRAINS: dict[str, type[Terrain]] = {
    "bowl": Bowl,
    "ravine": Ravine,
    "saddle": Saddle,
    "beale": Beale,
    "rosenbrock": Rosenbrock,
    "himmelblau": Himmelblau,
    "rastrigin": Rastrigin,
    "ackley": Ackley,
}

TerrainSpec = Bowl | Ravine | Saddle | Beale | Rosenbrock | Himmelblau | Rastrigin | Ackley
