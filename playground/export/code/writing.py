"""Python as text: values, calls and blocks, the way a person would write them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

WIDTH = 88
"""Columns of a line; what a person typed in (a name of a column) may be longer."""
INDENT = "    "

DEFAULTS: dict[str, dict[str, Any]] = {
    "nn.Linear": {"bias": True},
    "nn.BatchNorm1d": {"eps": 1e-5, "momentum": 0.1, "affine": True},
    "BatchNorm": {"eps": 1e-5, "momentum": 0.1, "affine": True},
    "nn.BatchNorm2d": {"eps": 1e-5, "momentum": 0.1, "affine": True},
    "BatchNorm2d": {"eps": 1e-5, "momentum": 0.1, "affine": True},
    "nn.Conv2d": {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True},
    "nn.ConvTranspose2d": {"stride": 1, "padding": 0, "bias": True},
    "SeparableConv2d": {"stride": 1, "padding": 0, "dilation": 1, "bias": True},
    "nn.MaxPool2d": {"padding": 0},
    "nn.AvgPool2d": {"padding": 0},
    "nn.Upsample": {"mode": "nearest"},
    "FlatLinear": {"bias": True},
    "nn.LayerNorm": {"eps": 1e-5, "elementwise_affine": True},
    "nn.LeakyReLU": {"negative_slope": 0.01},
    "nn.PReLU": {"init": 0.25},
    "nn.ELU": {"alpha": 1.0},
    "nn.CELU": {"alpha": 1.0},
    "nn.Softplus": {"beta": 1.0},
    "nn.CrossEntropyLoss": {"label_smoothing": 0.0},
    "nn.HuberLoss": {"delta": 1.0},
    "nn.init.xavier_uniform_": {"gain": 1.0},
    "nn.init.xavier_normal_": {"gain": 1.0},
    "nn.init.orthogonal_": {"gain": 1},
    "torch.optim.SGD": {"momentum": 0, "nesterov": False},
    "torch.optim.Adam": {"betas": (0.9, 0.999), "eps": 1e-8, "amsgrad": False},
    "torch.optim.AdamW": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 1e-2, "amsgrad": False},
    "torch.optim.NAdam": {"betas": (0.9, 0.999), "eps": 1e-8, "momentum_decay": 4e-3},
    "torch.optim.RAdam": {"betas": (0.9, 0.999), "eps": 1e-8},
    "torch.optim.Adamax": {"betas": (0.9, 0.999), "eps": 1e-8},
    "torch.optim.Adagrad": {"lr_decay": 0, "initial_accumulator_value": 0, "eps": 1e-10},
    "torch.optim.Adadelta": {"rho": 0.9, "eps": 1e-6},
    "torch.optim.RMSprop": {"alpha": 0.99, "momentum": 0, "centered": False, "eps": 1e-8},
    "torch.optim.Rprop": {"etas": (0.5, 1.2)},
    "torch.optim.ASGD": {"lambd": 1e-4, "alpha": 0.75, "t0": 1e6},
    "torch.optim.LBFGS": {"max_iter": 20, "history_size": 100, "line_search_fn": None},
    "torch.optim.Muon": {"momentum": 0.95, "nesterov": True, "ns_steps": 5},
}
"""PyTorch's own defaults, and those of the classes that a script brings along: an argument that equals one is not
written. A test compares them with PyTorch's signatures."""


def literal(value: Any) -> str:
    """A value as Python source. Whatever a text holds, it stays inside its quotes."""
    if isinstance(value, float) and value.is_integer() and 1e4 <= abs(value) < 1e15:
        return f"{int(value):_}.0"
    written = repr(value)
    # Double quotes, as in the rest of the script. Python's own choice stays where there are quotes inside.
    return f'"{written[1:-1]}"' if isinstance(value, str) and not {"'", '"'} & set(value) else written


def number(value: float) -> str:
    """A number inside a formula: 3 rather than 3.0, and without the noise of its last binary digits."""
    value = float(f"{value:.15g}")
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def call(name: str, *arguments: str, **named: Any) -> str:
    """`name(arguments, named)`; positional arguments are source already, named ones that PyTorch assumes anyway are
    left out."""
    assumed = DEFAULTS.get(name, {})
    written = [f"{key}={literal(value)}" for key, value in named.items() if key not in assumed or assumed[key] != value]
    return f"{name}({', '.join([*arguments, *written])})"


def listed(opening: str, items: Iterable[str], closing: str) -> str:
    """Items between brackets, on one line if they fit and else one on each."""
    items = list(items)
    line = f"{opening}{', '.join(items)}{closing}"
    if len(line) <= WIDTH - 2 * len(INDENT) and "\n" not in line:
        return line
    return "\n".join([opening, *(indent(f"{item},") for item in items), closing])


def indent(text: str) -> str:
    """`text` moved in by one level."""
    return textwrap.indent(text, INDENT)


def assigned(name: str, made: str) -> str:
    """`name = made`, a call or a list, which is opened over several lines where it is long."""
    line = f"{name} = {made}"
    if len(line) <= WIDTH - len(INDENT):
        return line
    start = min(made.index(bracket) for bracket in "([" if bracket in made) + 1
    inside = made[start:-1]
    if len(inside) > WIDTH - 2 * len(INDENT):
        inside = inside.replace(", ", ",\n") + ","
    return f"{name} = {made[:start]}\n{indent(inside)}\n{made[-1]}"


def block(text: str, **parts: str) -> str:
    """A template, dedented. A line that holds only `<name>` becomes that part, indented like it; an empty part takes
    its line with it."""
    lines = []
    for line in textwrap.dedent(text).strip("\n").split("\n"):
        name = line.strip()
        if name.startswith("<") and name.endswith(">") and name[1:-1] in parts:
            if part := parts[name[1:-1]]:
                lines.append(textwrap.indent(part, line[: len(line) - len(line.lstrip())]))
        else:
            lines.append(line)
    return "\n".join(lines)


def lines(*parts: str) -> str:
    """The parts that are not empty, one below the other."""
    return "\n".join(part for part in parts if part)


def digits(name: str, text: str) -> str:
    """`name = text`, for packed numbers (a text without quotes and backslashes), over lines of even length."""
    rows = [text[start : start + WIDTH] for start in range(0, len(text), WIDTH)]
    return "\n".join([f'{name} = """', *rows, '"""'])
