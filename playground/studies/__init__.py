"""Studies: searches for good hyperparameters, kept in a database that any machine may help with. Optuna's, and so open
to all of Optuna's tools.

    from playground.studies import Range, Studies, StudySpec, run
    studies = Studies("sqlite:///studies.db")
    name = studies.create(StudySpec(v=1, base=experiment, trials=30, dimensions=[
        Range(kind="range", at="training.optimizer.lr", low=1e-4, high=1.0, log=True)]))
    run("sqlite:///studies.db", name)["best"]
    optuna.load_study(study_name=name, storage="sqlite:///studies.db").best_params

Names are imported when first used (PEP 562).
"""

from importlib import import_module

_HOMES = {
    "Choices": "spec",
    "Range": "spec",
    "StudySpec": "spec",
    "Studies": "studies",
    "StudyError": "storage",
    "run": "working",
    "work": "working",
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
