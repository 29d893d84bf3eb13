"""What the inside of a network shows, in sentences, as `playground/web/static/findings.js` writes them.

Not a Plotly figure. Each rule below says when it speaks; numbers are rounded to one digit, so that a sentence is calm
while the run goes on. When nothing is wrong there is one quiet sentence in the same place.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from playground.figures.layers import DEFAULT, InsideOptions, name_of

VANISHED = 100.0
"""Gradients vanish: that of an earlier layer is so many times smaller than that of a later one."""
GROWN = 100.0
"""Gradients explode on their way back: that of an earlier layer is so many times larger than that of a later one."""
HUGE = 1000.0
"""Gradients explode: a layer's is larger than this; inputs, targets and losses are all about 1."""
NOTHING = 1e-12
"""Below this a gradient is none."""
MANY = 0.5
"""Share of a layer's units that is worth a sentence when they are dead, or saturated."""
MOST = 2
"""Sentences shown at a time, the most serious first."""

STUCK = {
    "dead": (
        "let no gradient through on any sample",
        "A unit is dead when on no training sample its activation has a slope of 1/1000 or more.",
    ),
    "saturated": (
        "sit where their activation is flat: they learn slowly",
        "A unit is saturated when on nine in ten training samples its activation is not 1/20 as steep as it can be.",
    ),
}
"""For units that are stuck: what that means for them, and the rule they are known by."""

Finding = dict[str, str]


def base(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """Nothing stands still."""
    return {}


def frame(arrays: dict[str, Any], dataset: Any = None, options: InsideOptions = DEFAULT) -> dict[str, Any]:
    """`findings`: a list of at most `MOST`, each with level ("warning" or "fine"), title, text and why."""
    return {"findings": told(arrays)[:MOST]}


def told(arrays: dict[str, Any]) -> list[Finding]:
    """All that there is to say about what the lens `findings` saw."""
    layers, gradient = arrays["layers"], np.asarray(arrays["gradient"], np.float64)
    warnings = [
        *_exploding(layers, gradient),
        *_vanishing(layers, gradient, arrays),
        *_stuck(layers, arrays["dead"], arrays["sizes"], "dead"),
        *_stuck(layers, arrays["saturated"], arrays["sizes"], "saturated"),
    ]
    return warnings or [_fine(layers, gradient)]


def _exploding(layers: tuple[str, ...], gradient: np.ndarray) -> list[Finding]:
    why = f"Told when a layer's gradient norm is above {HUGE:,.0f}, or {GROWN:g} times that of a later layer."
    if not np.isfinite(gradient).all():
        return [_warning("Exploding gradients", "They are too large for a number.", why)]
    largest = int(gradient.argmax())
    after = gradient[largest:]
    least = largest + int(after.argmin())
    if gradient[largest] > HUGE:
        text = f"The norm reaches {_rounded(gradient[largest])} at {_end(layers[largest])}."
        return [_warning("Exploding gradients", text, why)]
    if NOTHING < gradient[least] < gradient[largest] / GROWN:
        times = _rounded(gradient[largest] / gradient[least])
        text = f"On the way back to {_end(layers[largest])} they grow {times} times."
        return [_warning("Exploding gradients", text, why)]
    return []


def _vanishing(layers: tuple[str, ...], gradient: np.ndarray, arrays: dict[str, Any]) -> list[Finding]:
    why = f"Told when a layer's gradient norm is less than 1/{VANISHED:g} of a later layer's."
    if not np.isfinite(gradient).all() or gradient.max() < NOTHING:
        return []
    strongest = int(gradient.argmax())
    weakest = int(gradient[: strongest + 1].argmin())
    if gradient[weakest] < NOTHING:
        return [_warning("No gradient", _none(layers, gradient[:strongest] < NOTHING, arrays), why)]
    if gradient[weakest] * VANISHED >= gradient[strongest]:
        return []
    times = _rounded(gradient[strongest] / gradient[weakest])
    weak, strong = _end(layers[weakest]).capitalize(), _end(layers[strongest])
    return [_warning("Vanishing gradients", f"{weak} gets {times} times less than {strong} and hardly learns.", why)]


def _none(layers: tuple[str, ...], still: np.ndarray, arrays: dict[str, Any]) -> str:
    """Which layers get no gradient at all, and why, where one whole layer is dead."""
    places = np.flatnonzero(still)
    first, last = layers[places[0]], layers[places[-1]]
    whom = f"hidden layer {first}" if first == last else f"hidden layers {first} to {last}"
    dead = next((layers[k] for k, size in enumerate(arrays["sizes"]) if arrays["dead"][k] == size), None)
    reason = f"all of layer {dead} is dead" if dead else f"{'its' if first == last else 'their'} weights stand still"
    return f"None reaches {whom}: {reason}."


def _stuck(layers: tuple[str, ...], counts: np.ndarray, sizes: np.ndarray, what: str) -> list[Finding]:
    """The layer with the largest share of such units, where that is large."""
    share = counts / np.maximum(sizes, 1)
    several = int((share >= MANY).sum())
    if not several:
        return []
    worst = int(share.argmax())
    meaning, rule = STUCK[what]
    where = f"in hidden layer {layers[worst]}"
    if several > 1:
        where += f" (and in {several - 1} more)"
    text = f"{counts[worst]} of {sizes[worst]} {where} {meaning}."
    return [_warning(f"{what.capitalize()} units", text, rule)]


def _fine(layers: tuple[str, ...], gradient: np.ndarray) -> Finding:
    if gradient.max() < NOTHING:
        return _quiet("Nothing left to learn", "The gradient is zero in every layer: no weight moves any more.")
    if len(layers) == 1:
        return _quiet("No hidden layers", "The gradient goes straight to the only weights there are.")
    weakest, strongest = int(gradient.argmin()), int(gradient.argmax())
    times = gradient[strongest] / max(gradient[weakest], NOTHING)
    text = "All get about as much of it."
    if times >= 1.5:
        weak, strong = _end(layers[weakest]).capitalize(), _end(layers[strongest])
        text = f"{weak} gets {_rounded(times)} times less than {strong}."
    return _quiet("The gradient reaches every layer", text)


def _end(layer: str) -> str:
    return "the output" if layer == "out" else name_of(layer)


def _warning(title: str, text: str, why: str) -> Finding:
    return {"level": "warning", "title": title, "text": text, "why": why}


def _quiet(title: str, text: str) -> Finding:
    return {"level": "fine", "title": title, "text": text, "why": "Nothing vanishes, explodes, dies or saturates."}


def _rounded(value: float) -> str:
    """One significant digit: "4,000"; words where there would be too many zeros."""
    if value >= 1e15:
        return "more than 10^15"
    for size, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{float(f'{value / size:.1g}'):g} {word}"
    return f"{float(f'{value:.1g}'):,.0f}"
