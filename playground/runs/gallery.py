"""What workers drew, on its way to the viewers: kept once, shared by all, and only drawn when somebody is ready."""

from typing import Any

from playground.runs import messages
from playground.runs.records import Base, Picture, Record
from playground.runs.subscription import Subscription
from playground.runs.views import Key


def take_frame(record: Record, header: dict[str, Any], payload: memoryview) -> None:
    """Keep a frame that the worker sent, and wake the viewers."""
    status, *pieces = messages.split_pieces(payload, header["lengths"])
    if header["answered"]:
        record.asked = None
    if header["news"]:
        record.news += 1
    record.status, record.version = status, header["version"]
    remaining = iter(pieces)
    for part in header["parts"]:
        key = Key(*part["key"])
        if part["base"]:
            _keep_base(record, key, next(remaining))
        record.pictures[key] = Picture(
            part["version"], part["step"], next(remaining), part.get("error", False), status, record.news
        )
    prune(record)
    wake(record)


def wish(record: Record, viewer: Subscription, send) -> None:
    """A viewer is ready: ask the worker for what it lacks. ``send(message)`` reaches the run's worker."""
    asked = record.asked
    if asked is not None and all(asked.get(key, ()) == _version(record, key) for key in viewer.keys.values()):
        return  # somebody has already asked for all of it
    wishes = {key: _version(record, key) for other in record.viewers if other.waiting for key in other.keys.values()}
    record.asked = wishes
    send(
        messages.pack(
            "watch",
            run=record.id,
            wishes=[
                {"key": list(key), "after": after, "base": (key.name, key.options) not in record.bases}
                for key, after in wishes.items()
            ],
        )
    )


def prune(record: Record) -> None:
    """Let go of pictures that nobody watches."""
    watched = {key for viewer in record.viewers for key in viewer.keys.values()}
    for key in record.pictures.keys() - watched:
        del record.pictures[key]
    drawn = {(key.name, key.options) for key in watched}
    for name in record.bases.keys() - drawn:
        del record.bases[name]


def wake(record: Record) -> None:
    """Have every viewer look whether there is something for it."""
    for viewer in list(record.viewers):
        viewer.wake()


def _keep_base(record: Record, key: Key, data: bytes) -> None:
    """A base that is what it was (the run moved to another worker) keeps its number: nobody needs it again."""
    name = key.name, key.options
    known = record.bases.get(name)
    if known is None or known.data != data:
        record.revs += 1
        record.bases[name] = Base(record.revs, data)


def _version(record: Record, key: Key) -> list[int] | None:
    picture = record.pictures.get(key)
    return picture.version if picture else None
