"""The store of uploaded tables: whole, bounded, closed."""

import hashlib
import os
import pickle
import threading
from dataclasses import replace

import pytest

from playground.data import store
from playground.data.cache import ByteCache
from playground.data.errors import TableError


def files(server):
    return sorted(path.name for path in (server.home / "tables").iterdir())


def test_what_is_put_is_got_back_under_its_sha256(server):
    digest = store.put(b"a,b\n1,2\n")
    assert digest == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert store.get(digest) == b"a,b\n1,2\n"
    assert store.put(b"a,b\n1,2\n") == digest
    assert files(server) == [f"{digest}.csv"]


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n", "a" * 62 + "/x", None, 7]
)
def test_no_name_leads_out_of_the_folder(name):
    with pytest.raises(TableError, match="not the name of a table"):
        store.get(name)


def test_an_unknown_table_asks_for_it_again():
    with pytest.raises(TableError, match="This table is not on this server: upload it again"):
        store.get("0" * 64)


def test_a_damaged_file_is_not_served_and_can_be_uploaded_again(server):
    digest = store.put(b"a,b\n1,2\n")
    (server.home / "tables" / f"{digest}.csv").write_bytes(b"a,b\n1,3\n")
    with pytest.raises(TableError, match="upload it again"):
        store.get(digest)
    assert store.put(b"a,b\n1,2\n") == digest
    assert store.get(digest) == b"a,b\n1,2\n"


def test_a_cut_file_is_written_anew(server):
    digest = store.put(b"a,b\n1,2\n")
    (server.home / "tables" / f"{digest}.csv").write_bytes(b"a,b")
    store.put(b"a,b\n1,2\n")
    assert store.get(digest) == b"a,b\n1,2\n"


def test_size_limits(server):
    with pytest.raises(TableError, match="empty"):
        store.put(b"")
    with pytest.raises(TableError, match="at most 10 are kept"):
        store.put(b"x" * 11, settings=replace(server, csv_bytes=10))


def test_the_tables_unused_for_longest_make_room(server):
    small = replace(server, store_bytes=350)
    digests = [store.put(bytes([65 + k]) * 100, settings=small) for k in range(3)]
    for age, digest in enumerate(digests):
        os.utime(server.home / "tables" / f"{digest}.csv", (1_000 + age, 1_000 + age))
    store.get(digests[0], settings=small)  # used just now: the second is the oldest
    newest = store.put(b"D" * 100, settings=small)
    assert files(server) == sorted(f"{digest}.csv" for digest in (digests[0], digests[2], newest))


def test_the_newest_stays_even_if_it_fills_the_store(server):
    digest = store.put(b"x" * 100, settings=replace(server, store_bytes=10))
    assert store.get(digest) == b"x" * 100


def test_half_written_files_are_removed_in_time(server):
    store.put(b"a")
    orphan = server.home / "tables" / ".abc.part"
    orphan.write_bytes(b"x" * 1_000)
    os.utime(orphan, (0, 0))
    store.put(b"b", settings=replace(server, store_bytes=100))
    assert not orphan.exists()


def test_a_folder_that_cannot_be_written_is_an_explained_error(server):
    blocked = server.home / "blocked"
    blocked.write_bytes(b"a file where the folder should be")
    with pytest.raises(TableError, match="could not keep the table"):
        store.put(b"a", settings=replace(server, home=blocked))


def test_many_at_once(server):
    small = replace(server, store_bytes=2_000)
    errors = []

    def work(worker: int) -> None:
        for turn in range(20):
            data = bytes([worker, turn % 5]) * 150
            try:
                digest = store.put(data, settings=small)
                assert store.get(digest, settings=small) == data
            except TableError as error:
                if "upload it again" not in error.message:  # another thread may have taken its room
                    errors.append(error)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert all(name.endswith(".csv") for name in files(server))


def test_errors_cross_processes():
    error = pickle.loads(pickle.dumps(TableError("words", "target")))
    assert (error.message, error.field, str(error)) == ("words", "target", "words")


def test_who_asks_for_something_else_does_not_wait():
    cache, started, go_on, made = ByteCache(100), threading.Event(), threading.Event(), []

    def slowly():
        made.append("slow")
        started.set()
        assert go_on.wait(10)
        return Sized(10)

    got = []
    threads = [threading.Thread(target=lambda: got.append(cache.get("slow", slowly))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert started.wait(10)
    assert cache.get("quick", lambda: Sized(1)).nbytes == 1  # while the other is being made
    go_on.set()
    for thread in threads:
        thread.join()
    assert made == ["slow"] and len(set(map(id, got))) == 1 and cache.nbytes == 11


class Sized:
    def __init__(self, nbytes: int) -> None:
        self.nbytes = nbytes


def test_the_cache_is_bounded_in_bytes_and_forgets_the_least_used():
    cache = ByteCache(100)
    made = []

    def get(key, nbytes=40):
        return cache.get(key, lambda: made.append(key) or Sized(nbytes))

    first = get("a")
    get("b")
    assert get("a") is first
    get("c")  # "b" has to go
    assert cache.nbytes == 80
    get("a")
    get("b")
    assert made == ["a", "b", "c", "b"]
    get("huge", 1_000)
    assert (len(cache), cache.nbytes) == (0, 0)
    with pytest.raises(ZeroDivisionError):
        cache.get("bad", lambda: 1 / 0)
    assert len(cache) == 0
