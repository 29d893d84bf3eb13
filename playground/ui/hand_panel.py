"""One convolution by hand: slide the window, read the sum, change the kernel."""

from __future__ import annotations

from playground.ui.workbench import Workbench
from playground.web.components import hand_view

LESSON = {
    "One sum, again and again": "A convolution slides a small grid of weights, the kernel, over the image. At every "
    "place it multiplies each pixel under the window by the weight on top of it and adds everything up: one sum, one "
    "pixel of the map that comes out. The same few weights serve everywhere, so an edge is found wherever it is, by a "
    "handful of numbers to learn.",
    "Try Sobel x": "Press play. Blue is where the image gets brighter from left to right, orange where it gets darker, "
    "white where nothing changes. Then change a weight, and watch the whole map change.",
    "Try the geometry": "Stride 2 skips every other place: the map has half the side. Padding puts zeros around the "
    "image, so that the window also fits at its edge. Dilation pulls the window's cells apart: it sees further with as "
    "many weights.",
    "Then ReLU, then pooling": "ReLU keeps what the kernel found and drops its opposite. Pooling keeps the strongest "
    "answer of every window, so that a small shift of the image changes little.",
    "Try a learnt kernel": "Nobody chose these numbers: they came from training, and they change while it goes on. The "
    "sums are exactly those of the network.",
    "For the record": "This is a cross-correlation: the kernel is not turned round before it slides. Every library of "
    "the field calls it a convolution all the same; a network that needs its kernel turned learns it that way.",
}
"""What to know and what to try, by its headline."""


def show(bench: Workbench) -> None:
    """The window at work; the lesson is behind a button in it."""
    hand_view(bench.run, height="var(--np-images)", key="hand", lesson=LESSON)
