"""Whether a database holds studies, without Optuna, which takes a while to import and makes its tables at once."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy


def exist(url: str) -> bool:
    """Whether there has ever been a study in this database. Raises what SQLAlchemy raises where it does not answer."""
    database = sqlalchemy.make_url(url)
    if database.get_backend_name() == "sqlite":
        path = database.database
        if not path or path == ":memory:" or not Path(path).is_file():
            return False
    engine = sqlalchemy.create_engine(database, poolclass=sqlalchemy.NullPool)
    try:
        return sqlalchemy.inspect(engine).has_table("studies")
    finally:
        engine.dispose()
