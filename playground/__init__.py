"""Network Playground: build a network, press play, watch it learn.

Everything but the web rooms works without Streamlit::

    from playground import Experiment, Trainer, lenses

    trainer = Trainer(Experiment.model_validate({...}))
    trainer.advance(epochs=100)
    lenses.decision_boundary(trainer, resolution=100)

The names are imported when they are first used (PEP 562): the web process imports this package without
ever importing torch, which ``Trainer`` and ``lenses`` bring in.
"""

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["Experiment", "Trainer", "lenses"]

# Public name -> (module, attribute); no attribute means the module itself.
_HOMES = {
    "Experiment": ("playground.experiment", "Experiment"),
    "Trainer": ("playground.training", "Trainer"),
    "lenses": ("playground.lenses", None),
}


def __getattr__(name: str):
    """Import a public name at its first use. Raises AttributeError for any other name."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module_name, attribute = _HOMES[name]
    module = import_module(module_name)
    value = module if attribute is None else getattr(module, attribute)
    globals()[name] = value  # so that the next use does not come here again
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
