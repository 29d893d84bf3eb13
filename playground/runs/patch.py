"""Which changes of an experiment a training run can take without starting again."""

from typing import Any

from playground.experiment import Experiment
from playground.experiment.freezing import frozen_layers, with_frozen


def live_patch(old: Experiment, new: Experiment) -> dict[str, Any] | None:
    """What to change in the training of ``old`` to make it ``new`` while it runs, or None when it must start again.

    The fields that a run can take (learning rate, regularisation, clipping, which layers are frozen) are marked
    ``live`` where they are described. The patch is nested as the training is: ``{"l2": 0.01, "optimizer": {"lr":
    0.1}}``, and names all layers that are frozen from now on: ``{"frozen": [[0], "head"]}``. It is empty for equal
    experiments.
    """
    frozen = frozen_layers(new)
    thawed, wanted = with_frozen(old, ()), with_frozen(new, ())
    if any(getattr(thawed, name) != getattr(wanted, name) for name in type(old).model_fields if name != "training"):
        return None
    patch = _difference(old.training, new.training)
    if patch is not None and frozen != frozen_layers(old):
        patch["frozen"] = [place if isinstance(place, str) else list(place) for place in frozen]
    return patch


def _difference(old: Any, new: Any) -> dict[str, Any] | None:
    """The live fields in which two entries of one class differ; None when another field differs too."""
    patch: dict[str, Any] = {}
    for name, field in type(old).model_fields.items():
        before, after = getattr(old, name), getattr(new, name)
        if before == after:
            continue
        if (field.json_schema_extra or {}).get("live"):
            patch[name] = after
        elif type(before) is type(after) and hasattr(type(before), "model_fields"):
            inner = _difference(before, after)
            if inner is None:
                return None
            patch[name] = inner
        else:
            return None
    return patch
