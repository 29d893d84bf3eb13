"""The script every browser tab runs: the look of the page, the way around, and then the page itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]
QUIET = ("#55616f", "#a9b4c0")
"""Small text beside the main one, in light and in dark: more than 6 to 1 against the page."""


@cache
def style() -> str:
    """The style sheet, with the theme's colours as variables that follow the switch between light and dark."""
    page, text = (
        [st.get_option(f"theme.{name}.{part}Color") for name in ("light", "dark")] for part in ("background", "text")
    )
    # Streamlit sets `color-scheme` on the app by its own theme, and light-dark() chooses by that.
    named = {"page": page, "text": text, "quiet": QUIET}
    variables = " ".join(f"--np-{name}: light-dark({light}, {dark});" for name, (light, dark) in named.items())
    return f"<style>.stApp {{ {variables} }}\n{(ROOT / 'assets/style.css').read_text()}</style>"


st.set_page_config(
    page_title="Network Playground",
    page_icon=str(ROOT / "assets/icon.svg"),
    layout="wide",
    # With an entry of ours the menu stays, and with it the switch between light and dark.
    menu_items={"About": "**Network Playground**: build a network, press play, watch it learn."},
)
st.html(style())
st.logo(str(ROOT / "assets/logo.svg"), size="large")
page = st.navigation(
    [
        st.Page(ROOT / "pages/playground.py", title="Playground", icon=":material/play_circle:", default=True),
        st.Page(ROOT / "pages/images.py", title="Images", icon=":material/image:"),
        st.Page(ROOT / "pages/landscape.py", title="Landscape", icon=":material/landscape:"),
        st.Page(ROOT / "pages/explore.py", title="Explore", icon=":material/grid_view:"),
        st.Page(ROOT / "pages/catalogue.py", title="Catalogue", icon=":material/menu_book:"),
    ],
    position="top",
)
page.run()
