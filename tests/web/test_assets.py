"""The static files: cached for ever under their version, compressed once, and nothing else of the disk."""

import gzip
from collections.abc import Callable
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

from playground.web import assets as room
from playground.web.assets import PLOTLY, STATIC, assets
from playground.web.routes import asset_path


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    content: bytes


@pytest.fixture
def get(server) -> Callable[..., Answer]:
    """Ask the server for exactly this path: no client of ours tidies it up."""

    def ask(path: str, **headers: str) -> Answer:
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, named, response.read())
        connection.close()
        return answer

    return ask


@pytest.mark.parametrize("name", sorted(assets().files))
def test_every_file_is_served_for_ever_under_its_version(get, name):
    answer = get(asset_path(name), accept_encoding="gzip")
    assert answer.status == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"].startswith("text/css" if name.endswith("css") else "text/javascript")
    assert gzip.decompress(answer.content) == assets().files[name].path.read_bytes()


def test_without_gzip_the_bytes_come_as_they_are(get):
    answer = get(asset_path("live.js"))
    assert "content-encoding" not in answer.headers
    assert answer.content == (STATIC / "live.js").read_bytes()


def test_plotly_is_the_installed_packages(get):
    spec = find_spec("plotly")
    own = Path(spec.submodule_search_locations[0]) / "package_data" / PLOTLY
    assert get(asset_path(PLOTLY)).content == own.read_bytes()


def test_a_file_is_compressed_once():
    asset = assets().files["live.js"]
    assert asset.compressed is asset.compressed
    assert gzip.decompress(asset.compressed) == asset.content


@pytest.mark.parametrize("path", ["/np/static/live.js", "/np/static/another-version/live.js"])
def test_another_version_is_not_kept_without_asking(get, path):
    answer = get(path)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-cache"
    again = get(path, if_none_match=answer.headers["etag"])
    assert again.status == 304
    assert again.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/np/static/v/nothing.js",
        "/np/static/v/assets.py",
        "/np/static/v/../assets.py",
        "/np/static/v/..%2Fassets.py",
        "/np/static/v/%2e%2e/assets.py",
        "/np/static/..%2f..%2froutes.py",
        "/np/static//etc/passwd",
        "/np/static/v/%2Fetc%2Fpasswd",
        "/np/static/v/live.js%00.css",
    ],
)
def test_no_path_reaches_the_disk(get, path):
    assert get(path).status == 404


def test_the_version_is_that_of_the_contents(tmp_path):
    one, two = tmp_path / "a.js", tmp_path / "b.js"
    one.write_text("1")
    two.write_text("2")
    before = room._version([one, two])
    assert room._version([one, two]) == before
    two.write_text("3")
    assert room._version([one, two]) != before


def test_our_modules_import_only_each_other():
    """A wrong relative import would only be seen in a browser, and there as a blank page."""
    for path in STATIC.glob("*.js"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("import ") or line.startswith("} from "):
                name = line.rpartition('"./')[2].removesuffix('";')
                assert (STATIC / name).is_file(), f"{path.name}: {line}"
