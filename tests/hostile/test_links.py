"""Hostile links: each gets its sentence at the top of the page, and an experiment to go on with."""

from urllib.parse import quote

import pytest

from tests.hostile.links import LINKS, Link
from tests.hostile.visitor import Visitor


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link.name)
def test_link(visitor: Visitor, link: Link) -> None:
    shown = visitor.open(f"x={quote(link.text, safe='')}")
    assert not shown.failures
    rest = shown.told.lower()
    for words in link.told:
        assert words in rest, f"{words!r} is not said in {shown.told!r}"
        rest = rest.partition(words)[2]
    # Whatever the link was, there is a page to go on with, and a sound link in the address.
    assert shown.widget("bidi_component")
    assert "x=" in shown.query
    assert len(shown.told) < 1000, "nobody reads that"
