"""Every limit of the server in one place, each overridable by the environment.

``Settings.max_units`` is overridden by ``PLAYGROUND_MAX_UNITS``, and so on for every field. Limits are checked
before anything is allocated: a shared server must survive whatever is typed, pasted or uploaded.
"""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self, get_type_hints

PREFIX = "PLAYGROUND_"
KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE


class SettingError(ValueError):
    """A setting that cannot be used; the message names the environment variable and what would be right."""


def _available_cores() -> int:
    """Cores this process may use (a container or `taskset` may allow fewer than the machine has)."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _limit(default: int, about: str, *, least: int = 1) -> Any:
    return field(default=default, metadata={"about": about, "least": least})


@dataclass(frozen=True, slots=True)
class Settings:
    """The limits and places of one server. Immutable; raises SettingError when a value makes no sense."""

    max_parameters: int = _limit(2_000_000, "parameters of one network")
    max_samples: int = _limit(20_000, "samples of one generated data set")
    max_painted: int = _limit(1_000, "painted points of one data set", least=2)
    max_layers: int = _limit(64, "layers of one network, those inside residual blocks included")
    max_units: int = _limit(1_024, "units of one layer")
    max_depth: int = _limit(3, "residual blocks inside one another")
    max_channels: int = _limit(512, "channels of one layer of images")
    batch_bytes: int = _limit(512 * MEGABYTE, "bytes that the maps of all layers take for one batch of images")
    batch_products: int = _limit(20_000_000_000, "multiplications of one batch of images on its way forward")

    csv_bytes: int = _limit(5 * MEGABYTE, "bytes of one uploaded table")
    csv_columns: int = _limit(500, "inputs of one uploaded table, after one-hot coding")
    csv_rows: int = _limit(50_000, "rows of one uploaded table")
    image_values: int = _limit(60_000_000, "pixel values of one set of images, training and test part together")
    image_bytes: int = _limit(20 * MEGABYTE, "bytes of one upload of images")
    image_files: int = _limit(5_000, "images of one upload")
    image_pixels: int = _limit(25_000_000, "pixels of one uploaded image")
    album_bytes: int = _limit(64 * MEGABYTE, "bytes of one upload's images as they are kept, small and unpacked")
    albums_bytes: int = _limit(1_000 * MEGABYTE, "bytes of all uploaded images together; the oldest go first")
    store_bytes: int = _limit(500 * MEGABYTE, "bytes of all uploaded tables together; the oldest go first")
    link_bytes: int = _limit(64 * KILOBYTE, "bytes of an experiment's link once inflated")

    workers: int = field(
        default_factory=_available_cores, metadata={"about": "worker processes that train", "least": 1}
    )
    runs_per_worker: int = _limit(64, "runs that one worker holds in memory")
    max_runs: int = _limit(500, "runs that the server remembers; the longest unseen go first")
    saved_bytes: int = _limit(1_000 * MEGABYTE, "bytes of all runs saved in the web process; the longest unseen go")
    kept_runs: int = _limit(200, "runs of one person that are kept over restarts; the oldest unstarred go first")
    kept_bytes: int = _limit(2_000 * MEGABYTE, "bytes of all kept runs; deleted, then the oldest unstarred go first")
    idle_seconds: int = _limit(180, "seconds without a viewer after which a run pauses and frees its place")
    tape_bytes: int = _limit(16 * MEGABYTE, "bytes of parameter snapshots kept of one run")
    max_jobs: int = _limit(64, "jobs beside the runs, races say, that may wait for their turn at the same time")
    job_bytes: int = _limit(200 * MEGABYTE, "bytes of all results of such jobs; the longest unseen go first")
    survey_bytes: int = _limit(64 * MEGABYTE, "bytes that the loss at many points of a landscape is worked out in")
    frame_rate: int = _limit(15, "frames a second sent to a viewer at most")
    max_cells: int = _limit(256, "experiments that are trained at once in one grid")
    cells_bytes: int = _limit(1_500 * MEGABYTE, "bytes of all networks of one grid, and what trains them")

    home: Path = field(
        default=Path("~/.cache/network-playground"),
        metadata={"about": "folder for uploaded tables"},
    )
    kernels: Path = field(
        default=Path("kernels"),
        metadata={"about": "folder for compiled code; a relative one is inside the home"},
    )
    storage: str = field(
        default="",
        metadata={"about": "database of kept runs and studies, as a URL; empty: playground.db (SQLite) in the home"},
    )
    cluster: str = field(default="", metadata={"about": "address of the Ray cluster that trains; empty: this machine"})
    cluster_workers: int = _limit(4, "workers on the cluster, each with a processor core of some node")
    cluster_gpus: float = field(
        default=0.0,
        metadata={"about": "GPUs of each worker on the cluster: a part of one (0.25), or whole ones", "least": 0},
    )

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            least = item.metadata.get("least")
            if least is not None and not least <= value < math.inf:
                raise SettingError(f"{_variable(item.name)} must be at least {least}, but is {value}")
        if self.cluster_gpus > 1 and self.cluster_gpus % 1:
            raise SettingError(
                f"{_variable('cluster_gpus')} must be a part of one GPU or whole ones, but is {self.cluster_gpus}"
            )
        object.__setattr__(self, "home", Path(self.home).expanduser().absolute())
        object.__setattr__(self, "kernels", self.home / Path(self.kernels).expanduser())

    @property
    def storage_url(self) -> str:
        """Where runs and studies are kept, as SQLAlchemy (and so Optuna) takes it: SQLite, or PostgreSQL by psycopg."""
        if not self.storage:
            return f"sqlite:///{self.home / 'playground.db'}"
        scheme, mark, rest = self.storage.partition("://")
        return f"postgresql+psycopg{mark}{rest}" if scheme in ("postgres", "postgresql") else self.storage

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The defaults, overridden by ``PLAYGROUND_*`` variables of ``environment`` (``os.environ``).

        An empty variable counts as not set. Raises SettingError, naming the variable, for a value that is no
        number or out of range, and for a ``PLAYGROUND_`` variable that no setting has (a typing mistake would
        otherwise leave a server without the limit its owner meant it to have).
        """
        environment = os.environ if environment is None else environment
        kinds = get_type_hints(cls)
        given = {}
        for variable, text in environment.items():
            if not variable.startswith(PREFIX) or not text.strip():
                continue
            name = variable.removeprefix(PREFIX).lower()
            if name not in kinds or variable != _variable(name):
                known = ", ".join(_variable(item.name) for item in fields(cls))
                raise SettingError(f"{variable} is not a setting of Network Playground. There are: {known}")
            given[name] = _parse(variable, text, kinds[name])
        return cls(**given)


def _variable(name: str) -> str:
    return PREFIX + name.upper()


def _parse(variable: str, text: str, kind: type) -> int | float | str | Path:
    try:
        return kind(text.strip())  # int() reads 2_000_000 as well as 2000000
    except ValueError:
        what = "a whole number" if kind is int else "a number"
        raise SettingError(f"{variable} must be {what}, but is {text.strip()!r}") from None


settings = Settings.from_environment()
