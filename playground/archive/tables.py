"""The tables of the archive. Their names begin with ``playground_``: studies have tables of their own beside them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

VERSION = 1
"""Of these tables. A server refuses a database of a later version; one of an earlier is brought up to it."""

metadata = MetaData()

version = Table("playground_version", metadata, Column("version", Integer, nullable=False))

runs = Table(
    "playground_runs",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("run_id", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("parent", String(64)),  # the kept run that this one was forked from
    Column("name", String(100), nullable=False, default=""),
    Column("starred", Boolean, nullable=False, default=False),
    Column("created", Double, nullable=False),  # seconds since 1970, as `time.time()` gives them
    Column("updated", Double, nullable=False),
    Column("deleted", Double),
    Column("experiment", Text, nullable=False),
    Column("device", String(64), nullable=False),
    Column("engine", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("epoch", Double, nullable=False),
    Column("train_loss", Double),
    Column("test_loss", Double),
    Column("metric", String(32), nullable=False, default=""),
    Column("train_metric", Double),
    Column("test_metric", Double),
    Column("bytes", BigInteger, nullable=False),
    Index("playground_runs_of_a_person", "person", "updated"),
    Index("playground_runs_of_an_address", "run_id", "updated"),
)

# Apart from `runs`, so that a list of many runs is read without what is large.
states = Table(
    "playground_states",
    metadata,
    Column("id", String(64), ForeignKey(runs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("columns", Text, nullable=False),  # the history's, a JSON list
    Column("history", LargeBinary, nullable=False),  # float64, little-endian, one column after another
    Column("checkpoint", LargeBinary, nullable=False),
)
