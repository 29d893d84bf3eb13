"""Runs to be kept, trained here and now."""

import secrets
from functools import cache
from typing import Any

import numpy as np
import orjson

from playground.archive import Entry
from playground.training import Trainer
from tests.runs.viewer import experiment

NOW = 1_800_000_000.0


@cache
def trained() -> Trainer:
    """A small run of forty steps."""
    trainer = Trainer(experiment(), engine="torch")
    trainer.advance(steps=40)
    return trainer


def status(**changes: Any) -> bytes:
    """What a worker says of it."""
    row = trained().measure()
    return orjson.dumps(
        {
            "state": "playing",
            "step": trained().step,
            "epoch": trained().epoch,
            "train_loss": row["train_loss"],
            "test_loss": row["test_loss"],
            "metric": {"name": "accuracy", "train": row["train_accuracy"], "test": row["test_accuracy"]},
        }
        | changes
    )


def entry(person: str = "me", **changes: Any) -> Entry:
    """It, as the keeper gives it to the shelf."""
    recorded = trained().recorded()
    given = {
        "id": secrets.token_urlsafe(16),
        "run_id": secrets.token_urlsafe(16),
        "person": person,
        "created": NOW,
        "updated": NOW,
        "experiment": trained().experiment,
        "device": "auto",
        "engine": "auto",
        "status": status(),
        "columns": tuple(recorded),
        "history": np.array(list(recorded.values())).tobytes(),
        "checkpoint": trained().dumps(),
    }
    return Entry(**(given | changes))
