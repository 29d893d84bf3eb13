"""The link codec: a plain dict as short URL-safe text (JSON, deflated, base64url), bounded on the way back."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any

from playground.settings import settings


class LinkError(ValueError):
    """The text is not a link this version can read; the message says why, in plain words."""


def canonical(content: dict[str, Any]) -> bytes:
    """`content` (JSON values only) as JSON of one form: the same bytes for the same content on every machine."""
    return json.dumps(content, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def encode(content: dict[str, Any]) -> str:
    """`content` (JSON values only) as base64url text without padding."""
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(canonical(content)) + packer.flush()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(text: str) -> dict[str, Any]:
    """What `encode` wrote. Inflates at most `settings.link_bytes`.

    Raises LinkError for text that is no link, is too long, inflates too far, or does not hold a JSON object.
    """
    text = text.strip()  # a link that is copied and pasted often brings a blank or a line end along
    if not text:
        raise LinkError("this link is empty")
    if len(text) > settings.link_bytes:
        raise LinkError("this link is too long")
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(wbits=-15)
        raw = unpacker.decompress(packed, settings.link_bytes + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise LinkError("this link is damaged: part of it may be missing") from error
    if len(raw) > settings.link_bytes:
        raise LinkError("this link unpacks to more than is allowed")
    if not unpacker.eof:
        raise LinkError("this link is damaged: its end is missing")
    if unpacker.unused_data:
        raise LinkError("this link is damaged: something follows its end")
    try:
        content = json.loads(raw.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise LinkError("this link does not hold an experiment") from error
    if not isinstance(content, dict):
        raise LinkError("this link does not hold an experiment")
    return content


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a number")
