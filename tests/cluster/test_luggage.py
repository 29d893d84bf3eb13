"""Files on their way to another machine: this one's store, emptied, stands for the other's."""

import gzip
import hashlib

import pytest

from playground.data import download, store
from playground.data.download import Collection, Remote
from playground.data.errors import TableError
from playground.runs.cluster import luggage
from playground.runs.cluster.luggage import Item
from playground.settings import settings
from tests.runs.viewer import experiment

TABLE = {"kind": "csv", "target": "y", "as_task": "classification", "columns": ["x"]}
LARGE = b"x,y\n" + b"1,2\n" * (luggage.PIECE_BYTES // 4)  # more than one piece


def needs(data: dict) -> bytes:
    return experiment().replace(data=data).model_dump_json().encode()


def forget(item: Item) -> None:
    (settings.home / item.where / f"{item.name}{'.csv' if item.where == 'tables' else '.album'}").unlink()


@pytest.mark.parametrize(("shelf", "data"), [(store.TABLES, TABLE), (store.ALBUMS, {"kind": "images"})])
def test_what_is_lacking_comes_whole(shelf, data):
    digest = store.put(LARGE, shelf=shelf)
    description = needs(data | {shelf.field: digest})
    assert luggage.lacking(description) == []
    item = Item(shelf.folder, digest)
    pieces = list(luggage.pieces(item))
    assert len(pieces) > 1
    assert max(map(len, pieces)) <= luggage.PIECE_BYTES
    forget(item)
    assert luggage.lacking(description) == [item]
    with pytest.raises(TableError, match="another one"):
        luggage.put(item, b"".join(pieces[:-1]))
    assert luggage.lacking(description) == [item]
    luggage.put(item, b"".join(pieces))
    assert store.get(digest, shelf=shelf) == LARGE


def test_made_up_data_needs_nothing():
    assert luggage.lacking(experiment().model_dump_json().encode()) == []


def test_downloaded_images_go_along(monkeypatch, tmp_path):
    content = gzip.compress(b"images")
    remote = Remote("a.gz", len(content), hashlib.sha256(content).hexdigest(), ("https://example.org/a.gz",))
    mnist = Collection("MNIST", "a-few", (remote,))
    monkeypatch.setitem(luggage.COLLECTIONS, "mnist", mnist)
    item = Item("mnist", "a.gz")
    description = needs({"kind": "mnist"})
    assert luggage.lacking(description) == [item]
    with pytest.raises(TableError):
        list(luggage.pieces(item))
    with pytest.raises(TableError, match="another one"):
        luggage.put(item, content[:-1])
    luggage.put(item, content)
    assert luggage.lacking(description) == []
    assert b"".join(luggage.pieces(item)) == content
    assert [path.name for path in download.folder_of(mnist).iterdir()] == ["a.gz"]


@pytest.mark.parametrize("item", [Item("mnist", "../../secret"), Item("nowhere", "a"), Item("tables", "../secret")])
def test_nothing_else_is_given_away(item):
    with pytest.raises(TableError):
        list(luggage.pieces(item))
