"""Texts of strangers in what Streamlit reads as Markdown."""

import re

_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """Any text, to be shown as it is: no emphasis, link, picture, formula or icon is made of it."""
    return _SIGNS.sub(r"\\\1", text)
