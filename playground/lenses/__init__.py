"""Lenses: ways of looking at a network. Each takes a trainer or a moment of a run and gives named numpy arrays.

    from playground import lenses
    lenses.decision_boundary(trainer, resolution=100)["value"]

A lens never changes the run: the module's mode, parameters, gradients and buffers stay as they are. `LENSES`
describes all of them without importing torch.
"""

from importlib import import_module

_HOMES = {
    "LENSES": "registry",
    "decision_boundary": "boundary_map",
    "fitted_curve": "boundary_map",
    "boundaries": "mosaic",
    "predictions": "table_rows",
    "neurons": "responses",
    "weights": "parameters",
    "network": "diagram",
    "curves": "histories",
    "confusion": "confusions",
    "roc": "characteristics",
    "residuals": "residual_rows",
    "gradients": "inside",
    "units": "inside",
    "weight_history": "inside",
    "activations": "inside",
    "findings": "inside",
    "loss_landscape": "landscape.surface",
    "loss_slice": "landscape.slices",
    "sharpness": "landscape.sharpness",
    "prediction": "prediction",
    "hand": "by_hand",
    "filters": "vision.kernels",
    "feature_maps": "vision.maps",
    "map_detail": "vision.making",
    "patches": "vision.exciting",
    "mistakes": "vision.judged",
    "samples": "vision.judged",
    "embedding": "vision.embedded",
    "explanation": "attribution.explaining",
    "attack": "attacks.fooling",
    "robustness": "attacks.robustness",
    "dream": "dreaming.dreams",
    "moment_of": "moment",
}
__all__ = list(_HOMES)


def __getattr__(name: str):
    """Import a public name at its first use. Raises AttributeError for any other name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
