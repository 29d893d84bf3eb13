"""A visitor without a browser: speaks Streamlit's own protocol with the real server, and says what it is shown.

A hundred times quicker than a browser, so that many hostile things can be tried; what a browser does with them is
looked at in `tests.browser.test_scripts`.
"""

from __future__ import annotations

import http.client
import io
import json
import re
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

from tests.browser.serving import Server

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
"""A sign as a stranger's text has it in Markdown (see `playground.ui.plain`)."""
PATIENCE = 60.0
"""Seconds after which the server counts as hanging."""


@dataclass
class Shown:
    """What one script run put on the page, in its order."""

    alerts: list[str] = field(default_factory=list)
    """Texts of errors, warnings and infos."""
    failures: list[str] = field(default_factory=list)
    """Exceptions that Streamlit showed, and the app's own word for a page that failed."""
    widgets: dict[str, Any] = field(default_factory=dict)
    """Every element with an id: (kind of element, its message) by id."""
    query: str = ""
    """The page's address after the run, without the question mark."""

    @property
    def told(self) -> str:
        """All alerts as one text."""
        return "\n".join(self.alerts)

    def widget(self, kind: str, label: str = "") -> Any:
        """The first element of `kind` ("file_uploader", "button") whose label starts with `label`."""
        for found, message in self.widgets.values():
            if found == kind and getattr(message, "label", "").startswith(label):
                return message
        raise AssertionError(
            f"there is no {kind} {label!r} on the page, but {sorted(k for k, _ in self.widgets.values())}"
        )


class Visitor:
    """One session on the server. A context manager; `open` loads the page as a new tab would."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._states: dict[str, WidgetState] = {}
        self._query = ""
        self._session = ""
        self._open = ExitStack()

    def __enter__(self) -> Self:
        headers = {"Origin": self._server.url}
        address = f"ws://localhost:{self._server.port}/_stcore/stream"
        connection = connect(
            address, subprotocols=["streamlit"], additional_headers=headers, max_size=None, compression=None
        )
        self._socket = self._open.enter_context(connection)
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def open(self, query: str = "") -> Shown:
        """Load the page with this query string, and run it."""
        self._query = query
        return self._run()

    def again(self) -> Shown:
        """Run the page once more: what a click that changes nothing does."""
        return self._run()

    def choose(self, widget: str, value: str) -> Shown:
        """Set a widget that holds a string: a selectbox, tabs, a text field."""
        self._states[widget] = WidgetState(id=widget, string_value=value)
        return self._run()

    def number(self, widget: str, value: float) -> Shown:
        """Set a number field."""
        self._states[widget] = WidgetState(id=widget, double_value=value)
        return self._run()

    def press(self, widget: str) -> Shown:
        """Press a button."""
        return self._once(WidgetState(id=widget, trigger_value=True))

    def trigger(self, events: dict[str, str], value: Any) -> Shown:
        """Have components of ours report an event each, all at once, with whatever value a hostile page makes up.

        events: the event by the component's id.
        """
        states = []
        for component, event in events.items():
            self._states[component] = WidgetState(id=component, json_value="{}")
            told = json.dumps({"event": event, "value": value})
            widget = f"$$STREAMLIT_INTERNAL_KEY_{component}__events"
            states.append(WidgetState(id=widget, json_trigger_value=told))
        return self._once(*states)

    def upload(self, widget: str, name: str, content: bytes, kind: str = "text/csv") -> Shown:
        """Hand a file to a file uploader, as the browser does: the bytes first, then the news of them."""
        file_id = str(uuid.uuid4())
        place = f"/_stcore/upload_file/{self._session}/{file_id}"
        status = self._put(place, name, content, kind)
        assert status == 204, f"the server refused the upload with {status}"
        state = WidgetState(id=widget)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = file_id, name, len(content)
        info.file_urls.file_id, info.file_urls.upload_url, info.file_urls.delete_url = file_id, place, place
        self._states[widget] = state
        return self._run()

    def _put(self, place: str, name: str, content: bytes, kind: str) -> int:
        boundary = uuid.uuid4().hex
        body = io.BytesIO()
        quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        body.write(f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="{quoted}"\r\n'.encode())
        body.write(f"Content-Type: {kind}\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode())
        connection = http.client.HTTPConnection("localhost", self._server.port, timeout=PATIENCE)
        try:
            connection.request("GET", "/_stcore/health")
            answer = connection.getresponse()
            answer.read()
            cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
            headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Cookie": cookie}
            if "=" in cookie:
                headers["X-Xsrftoken"] = cookie.split("=", 1)[1]
            connection.request("PUT", place, body.getvalue(), headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def _once(self, *states: WidgetState) -> Shown:
        self._states.update({state.id: state for state in states})
        try:
            return self._run()
        finally:
            for state in states:
                del self._states[state.id]

    def _run(self) -> Shown:
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.widget_states.widgets.extend(self._states.values())
        self._socket.send(message.SerializeToString())
        shown = Shown(query=self._query)
        while True:
            forward = ForwardMsg.FromString(self._socket.recv(timeout=PATIENCE))
            kind = forward.WhichOneof("type")
            if kind == "new_session":
                shown = Shown(query=self._query)
                self._session = forward.new_session.initialize.session_id
            elif kind == "delta":
                _note(shown, forward.delta)
            elif kind == "page_info_changed":
                shown.query = self._query = forward.page_info_changed.query_string
            elif kind == "script_finished":
                return shown


def _note(shown: Shown, delta: Any) -> None:
    if delta.WhichOneof("type") == "new_element":
        element = delta.new_element
        kind = element.WhichOneof("type")
        message = getattr(element, kind)
        if kind == "alert":
            shown.alerts.append(_ESCAPED.sub(r"\1", message.body))
        elif kind == "exception":
            shown.failures.append(f"{message.type}: {message.message}")
        elif getattr(message, "id", ""):
            shown.widgets[message.id] = (kind, message)
    elif delta.WhichOneof("type") == "add_block":
        block = delta.add_block
        kind = block.WhichOneof("type")
        message = getattr(block, kind) if kind else None
        if getattr(message, "id", ""):
            shown.widgets[message.id] = (kind, message)
    if shown.alerts and shown.alerts[-1].startswith("Something went wrong on our side"):
        shown.failures.append(shown.alerts[-1])
