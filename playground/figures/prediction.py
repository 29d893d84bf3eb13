"""What the network says of one image, as `playground/web/static/prediction-view.js` draws it: a bar for every class.

Not a Plotly figure: bars that follow a pen must be quick. Base: the classes. Frame: their probabilities, the picture.
"""

from __future__ import annotations

from typing import Any

from playground.experiment.entry import Model
from playground.figures import theme


class PredictionOptions(Model):
    """How it is drawn: nothing to choose."""


DEFAULT = PredictionOptions()


def base(arrays: dict[str, Any], dataset: Any, options: PredictionOptions = DEFAULT) -> dict[str, Any]:
    """Names and colours of the classes."""
    return {
        "classes": list(dataset.classes),
        "colours": [theme.key_colour(k) for k in range(len(dataset.classes))],
    }


def frame(arrays: dict[str, Any], dataset: Any, options: PredictionOptions = DEFAULT) -> dict[str, Any]:
    """What moves: the probabilities by class, the image's own class (None of a drawn one), and the image."""
    label = int(arrays["label"])
    return {
        "probabilities": arrays["probabilities"].tolist(),
        "label": None if label < 0 else label,
        "picture": arrays["picture"],
    }
