"""A live stream that a test writes by hand, so that it decides what arrives when; and the page that looks at it."""

import asyncio
import base64
import itertools
import queue
from typing import Any

import numpy as np
import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

# Our components as Streamlit mounts them: a node each, and the theme as CSS variables around them.
PAGE = """<!doctype html><html><head><link rel="icon" href="data:,"></head>
<body style="margin:0; --st-font:sans-serif">
<script>
  globalThis.emitted = [];
  globalThis.mount = async (id, kind, data) => {
    let node = document.getElementById(id);
    if (!node) { node = document.createElement("div"); node.id = id; document.body.append(node); }
    const live = await import(STATIC + "live.js");
    const emit = (name, value) => emitted.push([name, value]);
    node.takeDown = await live.render(kind, { data, parentElement: node, setTriggerValue: emit });
  };
  globalThis.connection = () => [...__networkPlayground.connections.values()][0];
  globalThis.clear = () => {
    for (const node of document.querySelectorAll("body > div")) { node.remove(); node.takeDown?.(); }
    for (const open of __networkPlayground.connections.values()) open.dispose();
    document.body.style.removeProperty("--st-text-color");
    document.body.style.removeProperty("--st-background-color");
    emitted.length = 0;
  };
</script></body></html>"""

_names = itertools.count()
PATIENCE = 60  # seconds until a test gives up on a browser that should speak within a tenth of one


class Viewer:
    """One open socket: what the browser said, and a way to answer."""

    def __init__(self, websocket: WebSocket, loop: asyncio.AbstractEventLoop):
        self._websocket, self._loop = websocket, loop
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self._number = 0

    def send(self, views: dict[str, Any] | None = None, **status: Any) -> int:
        """Send a frame; gives its number."""
        self._number += 1
        message = {"t": "frame", "n": self._number, "status": status_of(**status), "views": views or {}}
        self.say(message)
        return self._number

    def say(self, message: dict[str, Any]) -> None:
        """Send any message."""
        self._call(self._websocket.send_text(orjson.dumps(message).decode()))

    def close(self, code: int, reason: str = "") -> None:
        """End the stream."""
        self._call(self._websocket.close(code, reason))

    def hears(self, kind: str) -> dict[str, Any]:
        """The next message of a kind; others before it are skipped."""
        while (message := self.heard.get(timeout=PATIENCE))["t"] != kind:
            pass
        return message

    def _call(self, coroutine: Any) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)


class Stage:
    """Where viewers appear, by the name in their address."""

    def __init__(self) -> None:
        self._arrivals: dict[str, queue.Queue[Viewer]] = {}

    def name(self) -> str:
        """A run id that no other test uses."""
        name = f"stage-{next(_names)}"
        self._arrivals[name] = queue.Queue()
        return name

    def viewer(self, name: str) -> Viewer:
        """The next viewer that opens this run's stream."""
        return self._arrivals[name].get(timeout=PATIENCE)

    async def serve(self, websocket: WebSocket) -> None:
        """The WebSocket endpoint."""
        await websocket.accept()
        viewer = Viewer(websocket, asyncio.get_running_loop())
        self._arrivals[f"stage-{websocket.path_params['name']}"].put(viewer)
        try:
            while True:
                viewer.heard.put(orjson.loads(await websocket.receive_text()))
        except WebSocketDisconnect:
            viewer.heard.put({"t": "gone"})


def status_of(**more: Any) -> dict[str, Any]:
    """A whole status, as the workers send it."""
    status = {
        "run": "stage",
        "state": "playing",
        "step": 100,
        "epoch": 4.0,
        "steps_per_epoch": 25,
        "steps_per_second": 100.0,
        "epochs_per_second": 4.0,
        "train_loss": 0.25,
        "test_loss": 0.5,
        "metric": {"name": "accuracy", "train": 0.9, "test": 0.8},
        "lr": 0.03,
        "engine": "torch",
        "engine_reason": "PyTorch",
        "device": "cpu",
        "at": None,
        "moment": None,
        "timeline": {"first": 0, "last": more.get("step", 100), "steps": None},
        "speed": None,
        "notice": None,
        "divergence": None,
    }
    return status | more


def quantised(values: np.ndarray, lo: Any = -1.0, hi: Any = 1.0) -> dict[str, Any]:
    """A map in 8 bits, as on the wire."""
    levels = np.clip(np.rint((values - lo) / (hi - lo) * 255), 0, 255).astype(np.uint8)
    return {"q": "u1", "lo": lo, "hi": hi, "shape": list(values.shape), "bdata": _base64(levels)}


def typed(values: np.ndarray) -> dict[str, Any]:
    """A float array, as on the wire."""
    form = {"dtype": "f4", "bdata": _base64(values.astype("<f4"))}
    return form | ({"shape": ", ".join(map(str, values.shape))} if values.ndim > 1 else {})


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def boundary(values: np.ndarray, rev: int = 1, base: bool = True) -> dict[str, Any]:
    """The view of a heat map over [-6, 6]²."""
    side = np.linspace(-6, 6, len(values))
    heatmap = {
        "type": "heatmap",
        "x0": -6.0,
        "dx": float(side[1] - side[0]),
        "y0": -6.0,
        "dy": float(side[1] - side[0]),
        "zmin": -1.0,
        "zmax": 1.0,
        "zsmooth": "fast",
        "showscale": False,
        "colorscale": [[0, "#f59322"], [0.5, "#ffffff"], [1, "#0877bd"]],
    }
    layout = {"xaxis": {"range": [-6, 6]}, "yaxis": {"range": [-6, 6]}, "meta": {"description": "A boundary"}}
    view: dict[str, Any] = {"rev": rev, "frame": {"traces": {"0": {"z": quantised(values)}}}}
    if base:
        view["base"] = {"data": [heatmap], "layout": layout}
    return view


def network(units: int = 3, rev: int = 1, base: bool = True, weight: float = 0.5, hidden: int = 1) -> dict[str, Any]:
    """The view of a network: two inputs, `hidden` layers of so many units, one output; every weight is the same."""
    tile = np.broadcast_to(np.linspace(-1, 1, 8), (8, 8))
    sizes = [2, *[units] * hidden, 1]
    frame = {
        "tiles": [None, *(quantised(np.stack([tile] * size)) for size in sizes[1:])],
        "weights": [typed(np.full((out, into), weight)) for into, out in itertools.pairwise(sizes)],
        "biases": [typed(np.zeros(size)) for size in sizes[1:]],
    }
    view: dict[str, Any] = {"rev": rev, "frame": frame}
    if base:
        columns = [_inputs(tile), *(_hidden(units, layer) for layer in range(hidden)), _head()]
        links = [[column, column + 1] for column in range(hidden + 1)]
        view["base"] = {"columns": columns, "links": links, "skips": [], "plane": {"kind": "xy"}}
    return view


def _inputs(tile: np.ndarray) -> dict[str, Any]:
    features = [
        {"name": name, "title": title, "on": on, "tile": quantised(tile)}
        for name, title, on in (("x1", "x₁", True), ("x2", "x₂", True), ("x1_x2", "x₁·x₂", False))
    ]
    names = ["x₁", "x₂"]
    return {"kind": "inputs", "label": "Inputs", "units": 2, "shown": 2, "names": names, "features": features}


def _hidden(units: int, layer: int) -> dict[str, Any]:
    names = [f"unit {unit + 1}" for unit in range(units)]
    sizes = {"units": units, "shown": units, "names": names}
    made = {"label": f"Linear {units} · tanh", "path": [2 * layer], "functions": ["tanh"]}
    return {"kind": "hidden", **made, **sizes}


def _head() -> dict[str, Any]:
    return {"kind": "head", "label": "Output", "path": "head", "units": 1, "shown": 1, "names": ["blue"]}
