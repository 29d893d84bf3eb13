"""One HTML file that plays a film of a run: all that it needs is in it, and nothing in it can act that is not ours."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from playground.export.bundle import bundle

PLAYER = Path(__file__).parent / "player"
SHARED = ("readings.js", "player.js")
"""Of every film: its numbers, and what plays it."""


def page(title: str, film: Mapping[str, Any], stage: str, scripts: tuple[str, ...], library: str = "") -> bytes:
    """The player with a film in it, HTML in UTF-8. Nothing in the film can become markup or script, and the page may
    load nothing.

    title: plain text, of anybody. stage: the name of the markup of what is drawn on, a file of `player/` as the
    `scripts` are, which draw there. library: a script that these need, whole, which must not hold "</script".
    """
    script = bundle(*(PLAYER / name for name in (*SHARED, *scripts)))
    return written("player.html", title, film, _player("player.css"), script, library, main=_player(stage))


def written(
    template: str, title: str, film: Mapping[str, Any], style: str, script: str, library: str = "", **parts: str
) -> bytes:
    """A `template` of `player/` filled in; as `page`, but with a style and a script that somebody else brings, and what
    else the template has as `parts`: markup of ours."""
    # What draws with Plotly gives its elements styles of their own, and makes pictures of itself.
    policy = {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'" if library else _hash(style),
        "script-src": " ".join(_hash(text) for text in (library, script) if text),
        "base-uri": "'none'",
        **({"img-src": "data: blob:"} if library else {}),
    }
    parts |= {
        "title": escape(title),
        "policy": "; ".join(f"{what} {sources}" for what, sources in policy.items()),
        "style": style,
        "library": f"<script>{library}</script>\n" if library else "",
        "script": script,
        # Inside a script element only "<" could end it or open a comment.
        "film": orjson.dumps(film, option=orjson.OPT_SERIALIZE_NUMPY).decode().replace("<", "\\u003c"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _player(template)).encode()


@cache
def plotly() -> str:
    """plotly.js, from the installed package."""
    home = Path(find_spec("plotly").submodule_search_locations[0])
    return (home / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


@cache
def _player(name: str) -> str:
    return (PLAYER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What a content security policy knows an inline style or script by."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
