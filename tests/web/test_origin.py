"""Who may open the live stream."""

import pytest
from starlette.datastructures import Headers
from streamlit import config

from playground.web.origin import origin_allowed


@pytest.fixture
def option():
    """Set Streamlit options for one test."""
    before: dict[str, object] = {}

    def put(name: str, value: object) -> None:
        before.setdefault(name, config.get_option(name))
        config.set_option(name, value)

    yield put
    for name, value in before.items():
        config.set_option(name, value)


def allowed(host: str | None, origin: str | None) -> bool:
    pairs = {"host": host, "origin": origin}
    return origin_allowed(Headers({name: value for name, value in pairs.items() if value is not None}))


@pytest.mark.parametrize(
    ("host", "origin", "expected"),
    [
        ("play.example.org", "https://play.example.org", True),
        ("localhost:8501", "http://localhost:8501", True),
        ("LOCALHOST:8501", "http://LocalHost:8501", True),
        ("[::1]:8501", "http://[::1]:8501", True),
        ("localhost:8501", None, True),
        ("localhost:8501", "http://localhost:3000", False),
        ("localhost:8501", "http://evil.example", False),
        ("localhost:8501", "http://localhost:8501.evil.example", False),
        ("localhost:8501", "http://evil.example/localhost:8501", False),
        ("localhost:8501", "http://evil.example@localhost:8501", False),
        ("localhost:8501", "null", False),
        ("localhost:8501", "file://localhost:8501", False),
        ("localhost:8501", "http://[", False),
        ("localhost:8501", "", False),
    ],
)
def test_only_our_own_pages(host, origin, expected):
    assert allowed(host, origin) is expected


def test_the_host_must_be_one_of_ours(option):
    option("server.allowedHosts", ["play.example.org"])
    assert allowed("play.example.org", "https://play.example.org")
    assert not allowed("rebound.example", "https://rebound.example")
    assert not allowed(None, "https://play.example.org")


def test_named_origins_are_welcome(option):
    option("server.corsAllowedOrigins", ["https://course.example.org"])
    assert allowed("localhost:8501", "https://course.example.org")
    assert not allowed("localhost:8501", "https://course.example.org.evil.example")


def test_protection_can_be_switched_off(option):
    option("server.enableCORS", False)
    assert allowed("localhost:8501", "http://elsewhere.example")
