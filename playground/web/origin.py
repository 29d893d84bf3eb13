"""Who may open the live stream. Streamlit's XSRF protection does not cover a WebSocket of ours, so Origin decides."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed


def origin_allowed(headers: Headers) -> bool:
    """Whether a handshake with these headers comes from a page of this server.

    The Host must be one that ``server.allowedHosts`` allows, and the Origin that same host, or one that
    ``server.corsAllowedOrigins`` names (everyone when ``server.enableCORS`` is off). Without an Origin it is no
    browser (every browser sends one), so there is no other site's page to guard against.
    """
    host, origin = headers.get("host"), headers.get("origin")
    if not is_host_allowed(host):
        return False
    if origin is None or not config.get_option("server.enableCORS"):
        return True
    return _authority(origin) == (host or "").lower() or origin in _named_origins()


def _authority(origin: str) -> str | None:
    """``host[:port]`` of an http(s) origin; None for anything else ("null", files, extensions)."""
    try:
        parts = urlsplit(origin.lower())
    except ValueError:
        return None
    return parts.netloc if parts.scheme in {"http", "https"} and parts.netloc else None


def _named_origins() -> set[str]:
    return {origin.strip().rstrip("/") for origin in config.get_option("server.corsAllowedOrigins")}
