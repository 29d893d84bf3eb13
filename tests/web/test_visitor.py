"""The cookie by which a person finds their runs again: everybody has one, nobody can read or guess another's."""

import http.client
import io

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from playground.web.visitor import COOKIE, Visitors, new_token, person_of

PAGE = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def answer(headers: dict[str, str], method: str = "GET", scheme: str = "http") -> dict[str, dict[str, str]]:
    """The cookies that come with an answer, and their attributes, as a browser reads them."""
    app = Starlette(
        routes=[Route("/", lambda _request: PlainTextResponse("hello"), methods=["GET", "POST"])],
        middleware=[Middleware(Visitors)],
    )
    scope = {
        "type": "http",
        "method": method,
        "path": "/",
        "query_string": b"",
        "scheme": scheme,
        "server": ("there", 80),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    assert (sent[0]["status"], sent[1]["body"]) == (200, b"hello")
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in sent[0]["headers"])
    found = http.client.parse_headers(io.BytesIO(lines + b"\r\n")).get_all("set-cookie", [])
    cookies = {}
    for text in found:
        (name, value), *rest = [part.strip().partition("=")[::2] for part in text.split(";")]
        cookies[name] = {"value": value, **{key.lower(): said for key, said in rest}}
    return cookies


@pytest.fixture
def anyio_backend():
    return "asyncio"


pytestmark = pytest.mark.anyio


async def test_a_first_page_comes_with_a_cookie_that_no_script_can_read():
    cookie = (await answer(PAGE))[COOKIE]
    assert person_of(cookie["value"])
    assert {"httponly", "samesite", "path"} <= set(cookie)
    assert (cookie["samesite"], cookie["path"], "secure" in cookie) == ("Lax", "/", False)
    assert "secure" in (await answer(PAGE, scheme="https"))[COOKIE]
    assert "secure" in (await answer({**PAGE, "x-forwarded-proto": "https"}))[COOKIE], "behind a proxy that has the key"
    assert (await answer(PAGE))[COOKIE]["value"] != cookie["value"]


async def test_who_comes_back_is_the_same_person():
    token = new_token()
    assert (await answer({**PAGE, "cookie": f"other=1; {COOKIE}={token}"}))[COOKIE]["value"] == token


@pytest.mark.parametrize("theirs", ["", "x", "a" * 42, "a" * 44, "ä" * 43, "../" * 14 + "a", "a" * 5000])
async def test_what_is_no_cookie_of_ours_is_replaced(theirs):
    value = (await answer({**PAGE, "cookie": f"{COOKIE}={theirs}"}))[COOKIE]["value"]
    assert value != theirs
    assert person_of(value)


async def test_only_pages_bring_it():
    assert await answer({"accept": "*/*"}) == {}
    assert await answer(PAGE, method="POST") == {}


@examples(max_examples=15)
@given(st.text(max_size=60) | st.binary() | st.none())
def test_hardly_any_text_is_a_person(text):
    assert person_of(text) is None


def test_what_is_written_down_is_not_what_opens_the_door():
    token = new_token()
    assert token not in person_of(token)
    assert person_of(person_of(token)) is None
