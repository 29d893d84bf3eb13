"""Messages between the web process and the workers."""

import pytest

from playground.runs import messages


def test_a_message_arrives_as_it_was_sent():
    kind, header, payload = messages.unpack(messages.pack("frame", b"\0payload", run="abc", version=[1, 2, 3]))
    assert (kind, header, bytes(payload)) == ("frame", {"run": "abc", "version": [1, 2, 3]}, b"\0payload")


def test_a_message_may_have_no_payload():
    assert messages.unpack(messages.pack("hello")) == ("hello", {}, b"")


@pytest.mark.parametrize(
    "garbage", [b"", b"\0\0\0", b"\0\0\0\2[]", b"\0\0\0\2{}", b'\0\0\0\x08{"t":12}', b"\0\0\0\4nope"]
)
def test_garbage_is_refused(garbage):
    with pytest.raises(ValueError):
        messages.unpack(garbage)


def test_pieces_come_apart_where_they_were_joined():
    pieces = [b"one", b"", b"three"]
    payload, lengths = messages.join_pieces(pieces)
    assert messages.split_pieces(memoryview(payload), lengths) == pieces


def test_pieces_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="pieces of 4 bytes"):
        messages.split_pieces(memoryview(b"abc"), [1, 3])
