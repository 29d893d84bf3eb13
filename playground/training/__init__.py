"""Training: an experiment, step by step, that can be paused, rewound, saved and resumed bit for bit.

    from playground.training import Trainer
    trainer = Trainer(experiment)
    trainer.advance(epochs=100)
    trainer.history

Names are imported when first used (PEP 562).
"""

from importlib import import_module

_HOMES = {
    "Trainer": "trainer",
    "Sweep": "together",
    "Moment": "moment",
    "Divergence": "guard",
    "CheckpointError": "checkpoint",
    "DeviceError": "devices",
    "RangeTest": "range_test",
    "lr_range_test": "range_test",
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
