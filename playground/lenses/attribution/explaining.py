"""Why a network takes an image for what it does: five attributions of one class, and where each class is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.experiment.randomness import generator
from playground.lenses.attribution import methods
from playground.lenses.attribution.entries import Reference, Target
from playground.lenses.gradual import Work, gradually, hashable
from playground.lenses.picked import Picked, as_tiles
from playground.lenses.pixels import PixelNetwork, image_of
from playground.lenses.vision.stack import CONVOLUTIONS, Place, places_of

METHODS = ("gradient", "smooth_grad", "integrated", "grad_cam", "occlusion")
MOST_CLASSES = 12
"""Of which Grad-CAM is shown side by side: the likeliest."""


def explanation(
    run: Any,
    image: Picked | dict[str, Any] | None = None,
    target: Target = "predicted",
    path: tuple[int, ...] = (),
    reference: Reference = "black",
    samples: int = 16,
    noise: float = 0.15,
    steps: int = 24,
    window: int | None = None,
) -> dict[str, Any]:
    """Why the network takes the picked image for class `target`, in evaluation mode.

    What is explained is the class's score: its output before the output activation (so for softmax the logit).

    - picture: the image, uint8 (h, w) or (h, w, 3); label: its class, -1 of an image of one's own; target: the class
      explained; shares (classes,) float64: how likely each is to the network;
    - maps: by the name of the method (`METHODS`), (h, w) float32, summed over the channels: above 0 speaks for the
      class. None while it is not worked out yet, and for "grad_cam" of a stack without convolutions. Of "gradient" and
      "smooth_grad" the unit is score per pixel value (1 from black to white), of "integrated" and "occlusion" score;
    - cam_label: what the layer is called whose maps "grad_cam" weighs, "" without one; cam_size (2,) int64: of them;
    - gain: the difference between the scores of the image and of the reference; found: what "integrated" adds up to,
      NaN before it is worked out;
    - classes (m,) int64: the likeliest ones, rising; evidence: (m, h, w) float32, Grad-CAM of each (the input gradient
      where there are no convolutions), or None while it is not worked out;
    - unfinished: whether more is to come.

    target: a number, "predicted", "second" or "actual"; where there is none of that kind, the predicted one. Raises
    ValueError for data that are no images, and for an image that they do not have; `Unsuited` for a regression.
    """
    wish = ("explanation", hashable(image), target, path, reference, samples, noise, steps, window)

    def begin(moment: Any) -> Iterator[Any]:
        return _explained(moment, image, target, path, reference, samples, noise, steps, window)

    found, unfinished = gradually(run, wish, begin)
    return {**found, "unfinished": unfinished}


def _explained(
    moment: Any,
    image: Any,
    target: Target,
    path: tuple[int, ...],
    reference: Reference,
    samples: int,
    noise: float,
    steps: int,
    window: int | None,
) -> Iterator[Any]:
    """The same, method by method."""
    network = PixelNetwork(moment)
    x, label = image_of(network, image)
    shares = network.shares(x)[0]
    chosen, base, bite = _chosen(target, shares, label), _reference(network, reference), network.bite
    score, place = network.score(chosen), _mapped(moment, path)
    with torch.no_grad():
        gain = score(x) - score(base)
    found = {
        "picture": _picture(x),
        "label": -1 if label is None else label,
        "target": chosen,
        "shares": shares,
        "maps": dict.fromkeys(METHODS),
        "cam_label": place.label if place else "",
        "cam_size": np.array(place.card.after[1:] if place else (0, 0), np.int64),
        "gain": float(gain),
        "found": np.nan,
        "classes": np.sort(np.argsort(-shares, kind="stable")[:MOST_CLASSES]),
        "evidence": None,
    }
    side = window or max(2, round(max(network.shape[1:]) / 5))
    work: dict[str, Work[Tensor]] = {"gradient": methods.input_gradient(score, x)}
    if place:
        work["grad_cam"] = _cams(network, place, x, np.array([chosen]))
    work["evidence"] = _evidence(network, place, x, found["classes"])
    work["smooth_grad"] = methods.smooth_grad(score, x, _noise(network, moment, samples, noise), bite)
    work["integrated"] = methods.integrated_gradients(score, x, base, steps, bite)
    work["occlusion"] = methods.occlusion(score, x, base, side, max(1, side // 2), bite)
    for name, part in work.items():
        result = _array((yield from part))
        if name == "evidence":
            found = {**found, name: result}
        else:
            flat = result.sum(axis=0) if result.ndim == 3 and name != "grad_cam" else result.reshape(result.shape[-2:])
            found = {**found, "maps": {**found["maps"], name: flat}}
            found |= {"found": float(result.sum(dtype=np.float64))} if name == "integrated" else {}
        yield found


def _chosen(target: Target, shares: np.ndarray, label: int | None) -> int:
    """The number of the class that is explained."""
    order = np.argsort(-shares, kind="stable")
    if target == "second":
        return int(order[min(1, len(order) - 1)])
    if target == "actual" and label is not None:
        return label
    return target if isinstance(target, int) and target < len(shares) else int(order[0])


def _reference(network: PixelNetwork, reference: Reference) -> Tensor:
    """An image (1, C, H, W) without anything to see."""
    if reference == "mean":
        return network.mean.reshape(1, *network.shape)
    return torch.full((1, *network.shape), float(reference == "white"), device=network.device)


def _noise(network: PixelNetwork, moment: Any, samples: int, deviation: float) -> Tensor:
    """The same for every moment of a run, so that what is seen moves only as the network does."""
    drawn = generator(moment.experiment.seed, "smooth_grad").normal(0.0, 1.0, (samples, *network.shape))
    return torch.tensor(drawn, dtype=torch.float32, device=network.device) * deviation


def _mapped(moment: Any, path: tuple[int, ...]) -> Place | None:
    """The layer whose maps Grad-CAM weighs: the one at `path`, or the last convolution; None without any."""
    maps = [place for place in places_of(moment) if len(place.card.after) == 3]
    asked = [place for place in maps if place.path == tuple(path)]
    found = asked or [place for place in maps if place.kind in CONVOLUTIONS]
    return found[-1] if found else None


def _cams(network: PixelNetwork, place: Place, x: Tensor, classes: np.ndarray) -> Work[Tensor]:
    """Grad-CAM of each of these classes, (m, H, W), laid over the image."""
    found = []
    labels = torch.as_tensor(classes, device=network.device)
    for part in labels.split(network.bite):
        with torch.enable_grad():
            images = x.expand(len(part), -1, -1, -1).clone().requires_grad_()
            scores, maps = network.traced(images, place.path)
            found.append(methods.grad_cam(scores.gather(1, part[:, None])[:, 0], maps))
        yield
    return methods.enlarged(torch.cat(found), *network.shape[1:])


def _evidence(network: PixelNetwork, place: Place | None, x: Tensor, classes: np.ndarray) -> Work[Tensor]:
    """Where each of these classes is seen, (m, H, W)."""
    if place:
        return (yield from _cams(network, place, x, classes))
    found = []
    for label in classes:
        found.append((yield from methods.input_gradient(network.score(int(label)), x)).sum(dim=0))
    return torch.stack(found)


def _picture(x: Tensor) -> np.ndarray:
    return as_tiles((x * 255).round().byte().cpu().numpy())[0]


def _array(values: Tensor) -> np.ndarray:
    return values.detach().float().cpu().numpy().copy()
