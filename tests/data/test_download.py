"""The downloader against a real server on this machine, with mirrors that do all a mirror can do wrong."""

import gzip
import hashlib
import os
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from playground.data import download
from playground.data.download import Collection, Remote, fetch, folder_of, missing, path_of
from playground.data.errors import TableError
from playground.data.fetching import Fetcher

CONTENT = bytes(range(256)) * 1_000
OTHER = CONTENT[:-1] + b"!"


class Handler(BaseHTTPRequestHandler):
    """Each path misbehaves in its own way; "/good/" does not."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        way = self.path.split("/")[1]
        getattr(self, f"_{way}")()

    def _good(self, body=CONTENT, **headers):
        self.send_response(200)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _moved(self):
        self.send_response(302)
        self.send_header("Location", "/good/file.bin")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _missing(self):
        self.send_error(404)

    def _wrong(self):
        self._good(OTHER)

    def _short(self):
        self._good(CONTENT[:1_000])

    def _cut(self):
        self._good(CONTENT[:70_000], Content_Length=str(len(CONTENT)), Connection="close")
        self.close_connection = True

    def _bomb(self):
        self._good(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")

    def _endless(self):
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(CONTENT)
        except OSError:
            self.server.hung_up.set()
        self.close_connection = True

    def _held(self):
        self.server.reached.set()
        self.server.go_on.wait(30)
        self._good()

    def _silent(self):
        self.server.go_on.wait(30)
        self.close_connection = True

    def _nonsense(self):
        self.wfile.write(b"this is no HTTP\r\n\r\n")
        self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def web():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def mirrors(web):
    """``mirrors("missing", "good")``: a collection of one file with these mirrors."""
    web.asked, web.hung_up, web.reached, web.go_on = [], threading.Event(), threading.Event(), threading.Event()

    def made(*ways, name="file.bin"):
        urls = tuple(f"http://127.0.0.1:{web.server_port}/{way}/{name}" for way in ways)
        return Collection("Pictures", "some", (Remote(name, len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), urls),))

    yield made
    web.go_on.set()


def in_folder(collection):
    return sorted(path.name for path in folder_of(collection).iterdir())


def test_a_file_is_fetched_once_and_told_as_it_comes(mirrors, web):
    collection, told = mirrors("good"), []
    assert missing(collection) == collection.files
    folder = fetch(collection, lambda *bytes_: told.append(bytes_))
    assert (folder / "file.bin").read_bytes() == CONTENT
    assert in_folder(collection) == ["file.bin"] and missing(collection) == ()
    assert told == sorted(told) and told[-1] == (len(CONTENT), len(CONTENT)) and len(told) > 3
    fetch(collection)
    assert web.asked == ["/good/file.bin"]


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("missing", "answered 404"),
        ("wrong", "sent another file"),
        ("short", "broke off after 1,000 of 256,000"),
        ("cut", "broke off after 70,000 of 256,000"),
        ("bomb", "broke off"),
        ("endless", "sent more than the 256,000 bytes"),
        ("nonsense", "could not be reached"),
    ],
)
def test_a_bad_mirror_is_passed_over_and_named_where_none_is_good(mirrors, way, said):
    collection = mirrors(way)
    with pytest.raises(TableError) as raised:
        fetch(collection)
    message = raised.value.message
    assert said in message and "127.0.0.1" in message
    # What was needed, from where, and where it may be put.
    assert "file.bin (0.2 MB)" in message and collection.files[0].mirrors[0] in message
    assert str(folder_of(collection)) in message
    assert in_folder(collection) == []
    fetch(mirrors(way, "good"))
    assert path_of(collection, collection.files[0]).read_bytes() == CONTENT


def test_a_mirror_that_goes_on_for_ever_is_left(mirrors, web):
    with pytest.raises(TableError, match="sent more than"):
        fetch(mirrors("endless"))
    assert web.hung_up.wait(10)


def test_a_silent_mirror_is_given_up(mirrors, monkeypatch):
    monkeypatch.setattr(download, "SILENCE_SECONDS", 0.2)
    with pytest.raises(TableError, match="did not answer within"):
        fetch(mirrors("silent"))


def test_a_moved_file_is_followed_and_nothing_but_the_web_is(mirrors):
    fetch(mirrors("moved"))
    local = Remote("passwd", 10, "0" * 64, ("file:///etc/passwd",))
    with pytest.raises(TableError, match="not an address of the web"):
        fetch(Collection("Secrets", "secrets", (local,)))


def test_offline_it_says_what_where_from_and_where_to():
    remote = Remote("images.gz", 9_912_422, "0" * 64, ("https://a.invalid/images.gz", "https://b.invalid/images.gz"))
    collection = Collection("Pictures", "some", (remote,))
    with pytest.raises(TableError) as raised:
        fetch(collection)
    for part in ("images.gz (9.5 MB)", "a.invalid", "b.invalid", str(folder_of(collection)), *remote.mirrors):
        assert part in raised.value.message


def test_a_file_put_there_by_hand_is_checked_and_used(mirrors, web):
    collection = mirrors("missing")
    place = folder_of(collection)
    place.mkdir(parents=True)
    (place / "file.bin").write_bytes(CONTENT)
    fetch(collection)
    assert web.asked == [] and missing(collection) == ()
    # Of the right size, and yet another: told when it is used, and replaced when it is downloaded.
    (place / "file.bin").write_bytes(OTHER)
    os.utime(place / "file.bin", ns=(1, 1))
    with pytest.raises(TableError, match="its SHA-256 is not"):
        path_of(collection, collection.files[0])
    fetch(mirrors("good"))
    assert path_of(collection, collection.files[0]).read_bytes() == CONTENT


def test_a_folder_that_cannot_be_written_is_an_explained_error(mirrors, server):
    blocked = server.home / "blocked"
    blocked.write_bytes(b"a file where the folder should be")
    with pytest.raises(TableError, match=r"could not keep file\.bin"):
        fetch(mirrors("good"), settings=replace(server, home=blocked))


def until(fetcher, kind, *states):
    """Wait for a state without sleeping: the fetcher's own thread ends when there is nothing left to do."""
    thread = fetcher._thread
    if thread is not None:
        thread.join(30)
    assert fetcher.standing(kind).state in states
    return fetcher.standing(kind)


def test_behind_the_pages_one_after_another_and_nobody_waits(mirrors, web):
    fetcher = Fetcher({"slow": mirrors("held", name="a.bin"), "next": replace(mirrors("good", name="b.bin"))})
    assert fetcher.standing("slow").state == "absent"
    fetcher.ask("slow")
    assert web.reached.wait(10)
    fetcher.ask("next")
    fetcher.ask("next")
    fetcher.ask("slow")
    assert (fetcher.standing("slow").state, fetcher.standing("next").state) == ("running", "waiting")
    web.go_on.set()
    assert until(fetcher, "slow", "here").share == 1.0
    until(fetcher, "next", "here")
    assert web.asked == ["/held/a.bin", "/good/b.bin"]
    with pytest.raises(KeyError):
        fetcher.ask("something else")


def test_what_failed_can_be_tried_again(mirrors):
    collections = {"one": mirrors("missing")}
    fetcher = Fetcher(collections)
    fetcher.ask("one")
    assert "answered 404" in until(fetcher, "one", "failed").message
    collections["one"] = mirrors("good")
    fetcher.ask("one")
    until(fetcher, "one", "here")


def test_a_download_can_be_stopped(mirrors, web):
    fetcher = Fetcher({"one": mirrors("held")})
    fetcher.ask("one")
    assert web.reached.wait(10)
    fetcher.cancel("one")
    web.go_on.set()
    until(fetcher, "one", "absent")
    assert in_folder(mirrors("held")) == []
