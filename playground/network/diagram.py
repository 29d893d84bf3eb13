"""The network as columns of neurons, for the diagram: without torch.

A column is a linear layer together with whatever non-linear layers follow it: what its neurons show is what the next
linear layer multiplies by its weights. A convolution is such a layer too: its neurons are its channels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from playground.experiment import Experiment
from playground.network.shapes import HEAD, Path, infer

SKIP = "+"
"""Among a column's functions: here the input of a residual block is added."""


@dataclass(frozen=True, slots=True)
class Column:
    """Neurons drawn above one another.

    kind: "inputs" (the first), "hidden" or "head" (the last). label: for people ("Linear 8 · Tanh"). units: how many;
    of a convolution its channels. names: of the inputs, or of the classes that have an output each; otherwise empty.
    unit_path: the linear layer ("head" for the head, () for the inputs). end_path: the layer after which the neurons'
    values are read, a key of `Network.trace`; () where they are the inputs themselves. Channels end where an image is
    flattened. functions: what is done to the linear layer's sums until then, in order, by the names that a formula
    gives them ("tanh", "BatchNorm"); `SKIP` where a residual block adds what goes round it. Dropout is not among them:
    nothing is dropped while one looks.
    """

    kind: Literal["inputs", "hidden", "head"]
    label: str
    units: int
    names: tuple[str, ...]
    unit_path: Path
    end_path: Path
    functions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagram:
    """columns: inputs first, head last. links: (from, to) columns, one for each linear layer, in the order of the
    columns it leads to; its weights are those of `columns[to].unit_path`. skips: (from, to) of each residual block."""

    columns: tuple[Column, ...]
    links: tuple[tuple[int, int], ...]
    skips: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Draft:
    columns: list[dict[str, Any]] = field(default_factory=list)
    skips: list[tuple[int, int]] = field(default_factory=list)
    channels: bool = False
    """Whether the last column's neurons are channels."""
    flat: bool = False
    """Whether they are not told apart any more."""

    def add(self, channels: bool = False, **column: Any) -> None:
        self.columns.append(column)
        self.channels, self.flat = channels, False

    def extend(self, path: Path, label: str | None, *functions: str) -> None:
        """The last column's values are now those after the layer at `path`."""
        if self.flat:
            return
        last = self.columns[-1]
        last["end_path"] = path
        last["functions"] = (*last.get("functions", ()), *functions)
        if label:
            last["label"] += f" · {label}"


def columns(experiment: Experiment, input_names: Sequence[str], classes: int | Sequence[str]) -> Diagram:
    """The diagram of `experiment`'s network.

    classes: how many classes the data has (0 for regression), or their names.
    """
    names = () if isinstance(classes, int) else tuple(classes)
    summary = infer(experiment, len(input_names), len(names) or (classes if isinstance(classes, int) else 0))
    draft = _Draft()
    draft.add(
        kind="inputs",
        label="Inputs",
        units=len(input_names),
        names=tuple(input_names),
        unit_path=(),
        end_path=(),
    )
    _follow(experiment.network, (), draft)
    head = summary.head
    draft.add(
        kind="head",
        label="Output" if head.activation == "identity" else f"Output · {head.activation}",
        units=head.outputs,
        names=names if len(names) == head.outputs else (),
        unit_path=HEAD,
        end_path=HEAD,
        functions=() if head.activation == "identity" else (head.activation,),
    )
    made = tuple(Column(**column) for column in draft.columns)
    return Diagram(made, tuple((index, index + 1) for index in range(len(made) - 1)), tuple(draft.skips))


def _follow(layers: Iterable[Any], prefix: tuple[int, ...], draft: _Draft) -> None:
    for index, layer in enumerate(layers):
        path = (*prefix, index)
        if units := units_of(layer):
            draft.add(
                channels=layer.kind != "linear", kind="hidden", label=f"{layer.label} {units}", units=units, names=(),
                unit_path=path, end_path=path,
            )  # fmt: skip
        elif layer.kind == "flatten" and draft.channels:
            draft.flat = True
        elif layer.kind == "residual":
            start = len(draft.columns) - 1
            _follow(layer.layers, path, draft)
            draft.extend(path, None, SKIP)
            if len(draft.columns) - 1 > start:
                draft.skips.append((start, len(draft.columns) - 1))
        else:
            draft.extend(path, layer.label, *_function(layer))


def units_of(layer: Any) -> int:
    """How many neurons, or channels, a layer with weights has; 0 for any other: it belongs to the one before it."""
    return getattr(layer, "units", 0) or getattr(layer, "channels", 0)


def _function(layer: Any) -> tuple[str, ...]:
    """What a formula calls a layer that is not linear: "tanh" for Tanh, "LeakyReLU" for Leaky ReLU."""
    if layer.kind in ("identity", "dropout", "dropout2d"):
        return ()
    words = layer.label.split()
    if len(words) == 1:
        return (layer.label.lower() if layer.label.istitle() else layer.label,)
    return ("".join(word[:1].upper() + word[1:] for word in words),)
