"""Stacks that see, as hypothesis makes them: every image layer in every geometry that fits on digits of 8 x 8."""

from typing import Any

from hypothesis import strategies as st

from playground.network.geometry import after, arriving
from tests.lenses.moments import experiment_of

DIGITS = {"kind": "digits"}
IMAGE = (1, 8, 8)


def layer(**given: Any) -> Any:
    """The entry of a layer."""
    return experiment_of(DIGITS, [given]).network[0]


@st.composite
def convolution(draw: st.DrawFn) -> dict[str, Any]:
    """Any of the three, with any geometry."""
    kind = draw(st.sampled_from(["conv2d", "conv2d", "separable_conv2d", "conv_transpose2d"]))
    made = {
        "kind": kind, "channels": draw(st.sampled_from([2, 4])), "kernel": draw(st.integers(1, 4)),
        "stride": draw(st.integers(1, 3)), "padding": draw(st.integers(0, 2)), "bias": draw(st.booleans()),
    }  # fmt: skip
    if kind != "conv_transpose2d":
        made["dilation"] = draw(st.integers(1, 2))
    return made


def _other(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["relu", "tanh", "batch_norm", "max_pool2d", "avg_pool2d", "upsample", "dropout2d"]))
    if kind in ("max_pool2d", "avg_pool2d"):
        kernel = draw(st.integers(1, 3))
        return {
            "kind": kind,
            "kernel": kernel,
            "stride": draw(st.integers(1, 3)),
            "padding": draw(st.integers(0, kernel // 2)),
        }
    return {"kind": kind}


@st.composite
def stacks(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Two or three convolutions, each followed by something else, in a block at times; all of them fit."""
    x, found = arriving(IMAGE), []
    for _ in range(draw(st.integers(2, 3))):
        for made in (draw(convolution()), _other(draw)):
            entry = layer(**made)
            y, problem = after(entry, x)
            if problem is None and min(y.shape[1:]) >= 1 and max(y.shape[1:]) <= 14:
                x = y
                found.append(made)
    if draw(st.booleans()):
        inside = {"kind": "conv2d", "channels": x.shape[0], "kernel": 3, "padding": 1}
        found.append({"kind": "residual", "layers": [inside, {"kind": "tanh"}]})
    return found or [{"kind": "conv2d", "channels": 2}]
