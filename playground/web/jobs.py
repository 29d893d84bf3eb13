"""What a job of the studio says to the browser: asked for again and again, while somebody looks at it."""

import json

from starlette.requests import Request
from starlette.responses import Response

from playground.web.origin import origin_allowed

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def job(request: Request) -> Response:
    """``GET /np/jobs/{job_id}?after=3``: how a job stands, as JSON in the header ``X-Job`` (state, share, text,
    revision), and its latest result as the body, which is empty where it is not newer than revision ``after``.

    404 where there is no such job (any more). Ids cannot be guessed; who knows one may look.
    """
    if not origin_allowed(request.headers):
        return Response(status_code=403)
    from playground.runs import hub  # not at import: the server shall answer before the hub starts its workers

    try:
        found = hub().job(request.path_params["job_id"])
    except KeyError:
        return Response(status_code=404, headers=HEADERS)
    told = {"state": found.state, "share": found.share, "text": found.text, "revision": found.revision}
    data = found.data if found.revision > _number(request.query_params.get("after")) else b""
    return Response(data, headers={**HEADERS, "X-Job": json.dumps(told)}, media_type="application/octet-stream")


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0
