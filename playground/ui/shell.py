"""The script every browser tab runs: the look of the page, the way around, and then the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]

st.set_page_config(
    page_title="Network Playground",
    page_icon=str(ROOT / "assets/icon.svg"),
    layout="wide",
    # With an entry of ours the menu stays, and with it the switch between light and dark.
    menu_items={"About": "**Network Playground**: build a network, press play, watch it learn."},
)
st.html(f"<style>{(ROOT / 'assets/style.css').read_text()}</style>")
st.logo(str(ROOT / "assets/logo.svg"), size="large")
page = st.navigation(
    [
        st.Page(ROOT / "pages/playground.py", title="Playground", icon=":material/play_circle:", default=True),
        st.Page(ROOT / "pages/catalogue.py", title="Catalogue", icon=":material/menu_book:"),
    ],
    position="top",
)
page.run()
