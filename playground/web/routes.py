"""Our routes beside Streamlit's own, for ``st.App("main.py", routes=routes())``.

Streamlit reserves ``/_stcore/``, ``/media/``, ``/component/`` and ``/static/``; user routes are matched first, so these
need only stay clear of those and of the pages' names.
"""

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from playground.web.assets import Asset, assets
from playground.web.jobs import job
from playground.web.live import live

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"  # may be kept, but only used after asking whether it is still the newest


def base_path() -> str:
    """``server.baseUrlPath`` as a prefix: "" or "/something" (Streamlit's own routes have it, ours must too)."""
    from streamlit import config

    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}" if base else ""


def asset_path(name: str) -> str:
    """Where a browser finds one of our files, e.g. "/np/static/1f2e3d/live.js". Raises KeyError for an unknown one."""
    known = assets()
    return f"{base_path()}/np/static/{known.version}/{known.files[name].name}"


def routes() -> list[BaseRoute]:
    """The live stream, the studio's jobs and the static files. Call once, when the app is made: the files are then
    compressed."""
    assets()
    base = base_path()
    return [
        WebSocketRoute(f"{base}/live/{{run_id}}", live),
        Route(f"{base}/np/jobs/{{job_id}}", job),
        Route(f"{base}/np/static/{{version}}/{{file}}", static_file),
        Route(f"{base}/np/static/{{file}}", static_file),
    ]


async def static_file(request: Request) -> Response:
    """One of our files, by name from a fixed table: no path of a request ever reaches the disk."""
    known = assets()
    asset = known.files.get(request.path_params["file"])
    if asset is None:
        return PlainTextResponse("There is no such file.", 404)
    current = request.path_params.get("version") == known.version
    headers = {
        "Cache-Control": FOREVER if current else ASK_AGAIN,
        "ETag": asset.etag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return await _body(asset, headers, "gzip" in request.headers.get("accept-encoding", ""))


async def _body(asset: Asset, headers: dict[str, str], gzipped: bool) -> Response:
    if not gzipped:
        return Response(asset.content, headers=headers, media_type=asset.media_type)
    content = await to_thread.run_sync(lambda: asset.compressed)  # waits here while it is made, not on the loop
    return Response(content, headers={**headers, "Content-Encoding": "gzip"}, media_type=asset.media_type)
