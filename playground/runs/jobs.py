"""Heavy work that is no run: what there is, and how it stands. The studio does it, in a process of its own.

A job is a generator function ``job(options, state)``: ``options`` is a dict of JSON values, ``state`` a run as
`playground.training.Trainer.dumps` gives it, or None. It yields ``(share, data)`` or ``(share, data, text)``: how much
is done (0 to 1), a new result (bytes) or None, and what is being done, in words. The last result is the job's. It
yields about every 50 ms, so that the jobs of several people take turns and end as soon as they are cancelled. What is
wrong with its options it raises as ValueError, in plain words.

A job may be talked to: what it yields has a value, the oldest thing it was told (`Hub.tell`) and has not heard yet, a
dict of JSON values, or None. A job with nothing to do for a while, a paused one say, yields a `Rest`.
"""

from dataclasses import dataclass

JOBS: dict[str, str] = {
    "terrain_race": "playground.runs.racing:on_terrain",
    "network_race": "playground.runs.racing:on_network",
    "compare": "playground.runs.comparing:compare",
    "grid": "playground.runs.sweeping:grid",
    "portraits": "playground.runs.portraits:portraits",
    "take_runs": "playground.runs.taking:take_runs",
    "range_test": "playground.runs.ranging:range_test",
    "study": "playground.runs.studying:follow",
    "search": "playground.runs.searching:search",
}
"""Job name -> ``module:function``; only the studio imports it."""

LIGHT = frozenset({"search", "terrain_race", "range_test", "portraits", "study"})
"""Jobs that are done in a moment and hold next to nothing in memory: they wait for no others."""

SLEEPERS = frozenset({"grid"})
"""Jobs that only rest while nobody asks after them, and then go on where they were: they are told {"do": "sleep"} and
{"do": "wake"}."""


@dataclass(frozen=True)
class Rest:
    """What a job yields that is not to go on for so many seconds, or (infinity) before it is told something."""

    seconds: float


@dataclass(frozen=True)
class JobInfo:
    """A job as the pages see it."""

    id: str
    what: str
    state: str
    """working, done, failed or cancelled."""
    share: float
    """How much is done, 0 to 1."""
    text: str
    """What is being done; of a failed job, why it failed."""
    revision: int
    """Counts the results so far; 0: there is none yet."""
    data: bytes
    """The latest result, complete once the state is ``done``."""
