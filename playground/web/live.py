"""The live stream: one WebSocket a page and run, between the browser and the hub's subscription."""

import asyncio
import logging
from contextlib import suppress
from typing import Any, NamedTuple

import orjson
from anyio import to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from playground.archive import ArchiveError
from playground.runs import ServerFull
from playground.web.origin import origin_allowed
from playground.web.protocol import MESSAGE_BYTES, Ack, Allowance, BadMessage, Control, Message, Ping, Watch, parse

log = logging.getLogger(__name__)

MESSAGES_A_SECOND = 60  # 15 acknowledgements, a dragged timeline, and room to spare
BURST = 180
SEND_SECONDS = 20  # a browser that takes longer to take one frame is gone, whatever its socket says

POLICY, TOO_BIG, GONE, LATER, NORMAL = 1008, 1009, 4404, 1013, 1000
NO_RUN = "There is no such run on this server."


class Farewell(NamedTuple):
    """Why a stream ends: a closing code, and a reason in plain words (at most 123 bytes)."""

    code: int
    reason: str


async def live(websocket: WebSocket) -> None:
    """Serve ``/live/{run_id}`` until the browser leaves, breaks the rules, or the run is gone."""
    if not origin_allowed(websocket.headers):
        log.warning("refused a live stream from origin %r", websocket.headers.get("origin"))
        await websocket.close(POLICY)  # before it is accepted: the browser sees a plain 403
        return
    await websocket.accept()
    run_id = websocket.path_params["run_id"]
    try:
        subscription = await _subscribe(run_id)
    except (ArchiveError, ServerFull) as problem:
        await _close(websocket, Farewell(LATER, str(problem)))
        return
    if subscription is None:
        await _close(websocket, Farewell(GONE, NO_RUN))
        return
    try:
        await _close(websocket, await _serve(websocket, run_id, subscription))
    finally:
        subscription.close()


def _hub() -> Any:
    from playground.runs import hub  # not at import: the server shall answer before the hub starts its workers

    return hub()


async def _subscribe(run_id: str) -> Any | None:
    """A viewer of a run, also of one that only the archive has, which is asked in another thread: it may take long.

    Raises ArchiveError or ServerFull where there may be such a run in a while."""
    with suppress(KeyError):
        return _hub().subscribe(run_id)
    if await to_thread.run_sync(_hub().get, run_id, True) is None:
        return None
    with suppress(KeyError):
        return _hub().subscribe(run_id)
    return None


async def _serve(websocket: WebSocket, run_id: str, subscription: Any) -> Farewell:
    """Send and receive side by side; the first of the two to end ends both."""
    tasks = {
        asyncio.create_task(_send_frames(websocket, subscription), name=f"live-send-{run_id}"),
        asyncio.create_task(_receive(websocket, run_id, subscription), name=f"live-receive-{run_id}"),
    }
    try:
        done, _pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send_frames(websocket: WebSocket, subscription: Any) -> Farewell:
    while (frame := await subscription.next_frame()) is not None:
        try:
            await asyncio.wait_for(websocket.send_text(frame.decode()), SEND_SECONDS)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            return Farewell(NORMAL, "")
    return Farewell(GONE, NO_RUN)


async def _receive(websocket: WebSocket, run_id: str, subscription: Any) -> Farewell:
    allowance = Allowance(MESSAGES_A_SECOND, BURST)
    while True:
        event = await websocket.receive()
        if event["type"] == "websocket.disconnect":
            return Farewell(NORMAL, "")
        text = event.get("text")
        if text is None:
            return Farewell(POLICY, "messages are text")
        if len(text) > MESSAGE_BYTES:
            return Farewell(TOO_BIG, f"a message has at most {MESSAGE_BYTES} characters")
        if not allowance.spend():
            return Farewell(POLICY, "too many messages; slow down")
        try:
            message = parse(text)
        except BadMessage as wrong:
            return Farewell(POLICY, str(wrong))
        try:
            answer = _obey(message, run_id, subscription)
        except KeyError:
            return Farewell(GONE, NO_RUN)
        if answer is not None:
            try:
                await websocket.send_text(orjson.dumps(answer).decode())
            except (WebSocketDisconnect, RuntimeError):
                return Farewell(NORMAL, "")


def _obey(message: Message, run_id: str, subscription: Any) -> dict[str, Any] | None:
    """Hand a message on. The result, if any, is the answer to this browser alone."""
    try:
        match message:
            case Ack(n):
                subscription.ack(n)
            case Watch(views, at):
                subscription.watch(views, at)
            case Control(op, value):
                _hub().control(run_id, op, **({} if value is None and op != "speed" else {"value": value}))
            case Ping():
                return {"t": "pong"}
    except ValueError as refused:  # understood, but it cannot be done: the stream goes on
        return {"t": "error", "text": str(refused)}
    return None


async def _close(websocket: WebSocket, farewell: Farewell) -> None:
    if websocket.application_state is not WebSocketState.CONNECTED:
        return
    if websocket.client_state is not WebSocketState.CONNECTED:
        return
    with suppress(RuntimeError, WebSocketDisconnect):  # it may be gone already
        reason = farewell.reason.encode()[:123].decode(errors="ignore")
        await websocket.close(farewell.code, reason)
