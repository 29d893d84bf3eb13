"""Texts of strangers in what Streamlit reads as Markdown."""

import re

# Of the signs that mean something in Markdown or to Streamlit, those that can in the middle of a line; and the dot by
# which "www." would become a link.
_SIGNS = re.compile(r"([\\`*_{}\[\]<>$:~#|&!@]|(?<=www)\.)", re.IGNORECASE)


def plain(text: str) -> str:
    """Any text, to be shown as it is: no emphasis, link, picture, formula or icon is made of it."""
    return _SIGNS.sub(r"\\\1", text)
