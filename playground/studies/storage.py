"""The database that studies are kept in: opened with care, and what goes wrong with it in plain words."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
import sqlalchemy
from optuna.exceptions import ExperimentalWarning, StorageInternalError
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState, create_trial
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError, SQLAlchemyError

from playground.archive.database import KEEPALIVES
from playground.archive.lite import make, tune

BEAT_SECONDS = 10
"""How often a worker lets the database know that it lives ..."""
DEAD_SECONDS = 45
"""... and how long after its last sign another one takes its trial up."""
MOST_RETRIES = 5
"""Deaths of its worker that a trial survives: one that takes every machine's memory must end some time."""
MOST_ATTEMPTS = 40
"""Tables, and a few more: whoever makes them together with others may be second at each."""
LOCK_SECONDS, CONNECT_SECONDS = 30, 10
"""How long we wait for a SQLite file that somebody else writes to, and for a server to answer the first time."""

# We ask and tell, and keep the heart beating ourselves (see `heart`).
warnings.filterwarnings("ignore", message="Heartbeat of storage is supposed to be used with")
warnings.filterwarnings("ignore", category=ExperimentalWarning)


class StudyError(ValueError):
    """A study, or its database, that cannot be used; the message is for a person."""


def open_storage(url: str, beat: int = BEAT_SECONDS, dead: int = DEAD_SECONDS) -> RDBStorage:
    """The database at `url`, a URL as SQLAlchemy takes it; its tables are made where there are none.

    beat, dead: whole seconds, as `BEAT_SECONDS` and `DEAD_SECONDS`. Raises StudyError.
    """
    with told(url):
        database = _parsed(url)
        lite = database.get_backend_name() == "sqlite"
        if lite and database.database and database.database != ":memory:":
            make(Path(database.database))
        connect: dict[str, int] = {"timeout": LOCK_SECONDS} if lite else {"connect_timeout": CONNECT_SECONDS}
        if database.get_backend_name() == "postgresql":
            connect |= KEEPALIVES
        kwargs = {"connect_args": connect, "pool_pre_ping": not lite}
        storage = _made(url, kwargs, beat, dead)
        if lite:
            sqlalchemy.event.listen(storage.engine, "connect", _quick)
            storage.engine.dispose()
        return storage


def try_again(study: optuna.Study, trial: FrozenTrial, most: int | None = MOST_RETRIES) -> None:
    """Have a trial that was given up for lost wait for somebody, with the same values; not for the `most`-th time.

    As `optuna.storages.RetryHeartbeatStaleTrialCallback`, whose notes Optuna's tools understand, but for what the
    worker before noted: that is not so any more.
    """
    before = trial.system_attrs.get("retry_history")
    before = before if isinstance(before, list) else []
    if most is not None and len(before) >= most:
        return
    kept = {"failed_trial": trial.number, **trial.system_attrs, "retry_history": [*before, trial.number]}
    study.add_trial(
        create_trial(
            state=TrialState.WAITING, params=trial.params, distributions=trial.distributions, system_attrs=kept
        )
    )


def _made(url: str, kwargs: dict[str, Any], beat: int, dead: int) -> RDBStorage:
    for attempt in range(MOST_ATTEMPTS):
        try:
            return RDBStorage(
                url,
                engine_kwargs=kwargs,
                heartbeat_interval=beat,
                grace_period=dead,
                heartbeat_stale_trial_callback=try_again,
            )
        except (DatabaseError, StorageInternalError) as error:
            # Somebody else makes the same tables at the same moment, and what is written there once: one after another.
            if attempt == MOST_ATTEMPTS - 1 or not any(word in _root(error).lower() for word in ("exist", "unique")):
                raise
            time.sleep(0.02)
    raise AssertionError("unreachable")


def _parsed(url: str) -> sqlalchemy.URL:
    if "{" in url or "}" in url:
        raise StudyError("The address of a database cannot hold curly brackets.")
    return sqlalchemy.make_url(url)


def _quick(connection: Any, _record: Any) -> None:
    """Readers do not wait for a writer; what was committed survives `kill -9`."""
    tune(connection, LOCK_SECONDS)


@contextmanager
def told(url: str = "") -> Iterator[None]:
    """Whatever a database does wrong inside is raised as StudyError, in words for a person; `url`: its address."""
    where = f" at {without_password(url)}" if url else ""
    try:
        yield
    except StudyError:
        raise
    except (ArgumentError, NoSuchModuleError) as error:
        example = "sqlite:///studies.db or postgresql://user@host/name"
        raise StudyError(f"There is no database{where}: an address looks like {example}.") from error
    except ImportError as error:
        raise StudyError(f"The driver for the database{where} is not installed: {error}.") from error
    except (OperationalError, OSError) as error:
        raise StudyError(f"The database{where} does not answer: {_root(error)}.") from error
    except (SQLAlchemyError, StorageInternalError) as error:
        raise StudyError(f"The database{where} cannot be used: {_root(error)}.") from error
    except RuntimeError as error:
        if "compatible" not in str(error):
            raise
        raise StudyError(f"The studies in the database{where} are of another version of Optuna: {error}") from error


def _root(error: BaseException) -> str:
    """The first line of what was at the root of it, without SQL."""
    while error.__cause__ is not None or getattr(error, "orig", None) is not None:
        error = getattr(error, "orig", None) or error.__cause__
    return str(error).strip().split("\n")[0][:300].rstrip(".")


def without_password(url: str) -> str:
    """An address without its password."""
    try:
        return sqlalchemy.make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "this address"


def hush() -> None:
    """Optuna tells of every trial; a process that works on many leaves that to the reports."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
