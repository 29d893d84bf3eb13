"""Who is who, without anybody signing in: a cookie that a browser gets with its first page and brings along from then.

It is the key to a person's kept runs, so it cannot be guessed, no script of a page can read it, and it is nowhere
written down: what the archive knows is its hash.
"""

import hashlib
import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.web.routes import base_path

COOKIE = "np_visitor"
_SECONDS = 400 * 24 * 3600  # from each visit on; browsers allow no more
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


def person_of(token: object) -> str | None:
    """The person with this cookie, as the archive knows them (64 hexadecimal digits); None for what is none."""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A cookie for somebody who has none."""
    return secrets.token_urlsafe(32)


class Visitors:
    """ASGI middleware: every page comes with the cookie, and with the same one as long as the browser keeps it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or WebSocket."""
        if scope["type"] != "http" or not _is_page(connection := HTTPConnection(scope)):
            await self._app(scope, receive, send)
            return
        token = connection.cookies.get(COOKIE)
        cookie = _cookie(token if person_of(token) else new_token(), connection)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _is_page(connection: HTTPConnection) -> bool:
    """Whether a browser asks for a page to show, and not for what belongs to one."""
    return connection.scope["method"] == "GET" and "text/html" in connection.headers.get("accept", "")


def _cookie(token: str, connection: HTTPConnection) -> str:
    secure = "https" in (connection.url.scheme, connection.headers.get("x-forwarded-proto", "").split(",")[0].strip())
    parts = [f"{COOKIE}={token}", f"Path={base_path()}/", f"Max-Age={_SECONDS}", "HttpOnly", "SameSite=Lax"]
    return "; ".join(parts + ["Secure"] * secure)
