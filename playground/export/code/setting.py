"""What a script's training loop depends on, beside the recipe."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """What the loop has to know of the network and the data.

    moody: the network works otherwise in training (dropout, batch norm); dropout: it has masks to choose; metric: the
    function that is measured beside the loss; tested: there is a test part; frozen: the layers that keep their numbers,
    as source; still: a batch norm is among them; idle: nothing is left that learns; weighted: the classes of the layers
    with weights, as source; measured: how many training and test samples are measured, None for all; varied: training
    images are augmented.
    """

    moody: bool
    dropout: bool
    metric: str
    tested: bool
    frozen: tuple[str, ...] = ()
    still: bool = False
    idle: bool = False
    weighted: str = "nn.Linear"
    measured: tuple[int | None, int | None] = (None, None)
    varied: bool = False
