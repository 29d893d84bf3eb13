"""Names out of a stranger's file: bounded, printable, unique."""

import re
import unicodedata
from collections.abc import Iterable

NAME_LENGTH = 60

_PLAIN = re.compile(r"[ -~]*\Z")


def clean(text: str, length: int = NAME_LENGTH) -> str:
    """One line of printable text of at most `length` characters, ending in "…" where it was cut.

    Control characters, invisible ones and those that turn the direction of writing are removed (they can
    make a page show another text than it holds); every kind of white space becomes one blank.
    """
    if not _PLAIN.match(text):
        text = "".join(" " if char.isspace() else char for char in text if not _hidden(char))
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def unique(names: Iterable[str], length: int = NAME_LENGTH) -> tuple[str, ...]:
    """The names in order, a repeated one as "name (2)", "name (3)", still at most `length` characters."""
    names = tuple(names)
    taken = set(names)
    seen: set[str] = set()
    result = []
    following: dict[str, int] = {}
    for name in names:
        free = name
        number = following.get(name, 2)
        while free in seen or (free != name and free in taken):
            ending = f" ({number})"
            free = name[: length - len(ending)] + ending
            number += 1
        following[name] = number
        seen.add(free)
        result.append(free)
    return tuple(result)


def _hidden(char: str) -> bool:
    category = unicodedata.category(char)
    # Cc holds tab and line feed, which are white space and become a blank.
    return category in {"Cf", "Co", "Cs", "Cn"} or (category == "Cc" and not char.isspace())
