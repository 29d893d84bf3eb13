"""The server as a whole: it starts for somebody who never used it, answers whom it should, and leaves nothing."""

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.browser.serving import Server


def test_it_says_where_it_is(server):
    assert f"on this machine:  {server.url}/" in server.log()


def test_it_trains_in_processes_of_its_own(server):
    """The web process, a fork server, and at least one worker."""
    assert server.pid in server.wait_for_processes(3)


def test_pages_are_not_for_other_sites(server):
    """A page of another site can neither drive a session nor watch a run."""
    for path in ("/_stcore/stream", "/live/somebodys-run"):
        address = server.url.replace("http", "ws") + path
        with pytest.raises(InvalidStatus, match="403"):
            connect(address, origin="http://evil.example")


def test_the_streams_answer_only_to_the_allowed_hosts_and_ctrl_c_ends_it_quietly(tmp_path):
    with Server(tmp_path, STREAMLIT_SERVER_ALLOWED_HOSTS="localhost play.example.org") as server:
        elsewhere = f"ws://127.0.0.1:{server.port}"
        for path in ("/_stcore/stream", "/live/somebodys-run"):
            with pytest.raises(InvalidStatus, match="403"):
                connect(elsewhere + path, origin=f"http://127.0.0.1:{server.port}")
        with connect(f"ws://localhost:{server.port}/_stcore/stream", origin=server.url):
            pass
        server.wait_for_processes(3)
        server.interrupt()
    assert "Traceback" not in server.log()


def test_a_wrong_setting_ends_the_start_with_its_name(tmp_path):
    with (
        pytest.raises(AssertionError, match="PLAYGROUND_WORKERS must be at least 1, but is 0"),
        Server(tmp_path, PLAYGROUND_WORKERS="0"),
    ):
        pass
