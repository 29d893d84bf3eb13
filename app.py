"""The entry: ``streamlit run app.py`` starts everything.

This process serves the pages and the live streams. It never imports torch: training is the work of the worker
processes, which the hub starts and ends.
"""

import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from playground.runs import close_hub, hub
from playground.runs.searches import close_searches, searches
from playground.ui.data_panel import pictures
from playground.ui.gallery import cards
from playground.web.descriptors import allow_many
from playground.web.routes import routes
from playground.web.visitor import Visitors

SCRIPT = Path(__file__).resolve().parent / "playground" / "ui" / "shell.py"


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """The workers live as long as the server does, and searches go on where it was stopped."""
    allow_many()
    hub().start()
    searches().keep()
    threading.Thread(target=_draw_pictures, name="pictures", daemon=True).start()
    print(_welcome(), flush=True)
    try:
        yield
    finally:
        close_searches()
        close_hub()


def _draw_pictures() -> None:
    """Those of the data tab and of the presets take a second each: done before the first person opens them."""
    pictures()
    cards()


def _welcome() -> str:
    """What the terminal says when the server answers: the address here, and the one for everybody else."""
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    path = st.get_option("server.baseUrlPath").strip("/")
    hosts = {"on this machine": "localhost", "on this network": _own_address()}
    bound = st.get_option("server.address")
    if bound and bound not in ("0.0.0.0", "::"):
        hosts = {"served at": bound}
    port = st.get_option("server.port")
    lines = [f"    {where}:  {scheme}://{host}:{port}/{path}" for where, host in hosts.items() if host]
    return "\n".join(["", "  Network Playground is running", *lines, "", "  Ctrl+C ends it", ""])


def _own_address() -> str | None:
    """This machine's address in its network, None without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a UDP socket chooses the way out and sends nothing; RFC 5737 keeps this address for examples.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith(("127.", "0.")) else address


def tell(_error: Exception) -> bool:
    """Say in plain words that a page failed. Streamlit has logged the traceback; a person needs the way on."""
    st.error(
        "Something went wrong on our side. Your experiment is safe in this page's address: reload the page to go on. "
        "If it happens again, tell whoever runs this server; the details are in its log.",
        icon=":material/error:",
    )
    return True  # shown: Streamlit need not show its own


app = st.App(SCRIPT, lifespan=lifespan, routes=routes(), middleware=[Middleware(Visitors)], on_script_error=tell)
