"""The synthetic data sets as functions of a script, each with its numbers filled in.

The same draws in the same order as `playground.data` makes them, so the points are the same. What noise does is written
only where there is noise; the draws it would have used are still made where others follow them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from playground.export.code.writing import block, number


def _shares(spec: Any) -> str:
    """How many points each class has, as a list in source."""
    return str([spec.samples // spec.classes + (k < spec.samples % spec.classes) for k in range(spec.classes)])


def circle(spec: Any) -> str:
    noise = f"""
        # Noise shifts where the label is read.
        read_at = points + {number(spec.noise)} * (10 * draws[:, 2:] - 5)
        inside = np.hypot(*read_at.T) < 2.5
    """
    return block(
        '''
        def circle(rng, samples):
            """A disc of radius 2.5 (class 1) inside a ring from 3.5 to 5 (class 0)."""
            draws = rng.random((samples, 4))  # radius, angle, and two for noise
            inside = np.arange(samples) < samples - samples // 2
            radius = np.where(inside, 2.5 * draws[:, 0], 1.5 * draws[:, 0] + 3.5)
            angle = 2 * np.pi * draws[:, 1]
            points = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
            <noise>
            return points, inside.astype(int)
        ''',
        noise=block(noise) if spec.noise else "",
    )


def xor(spec: Any) -> str:
    noise = (
        f"# Noise shifts where the label is read.\nread_at = points + {number(spec.noise)} * (10 * draws[:, 2:] - 5)"
    )
    return block(
        f'''
        def xor(rng, samples):
            """Class 1 where x1 and x2 have the same sign."""
            draws = rng.random((samples, 4))  # two coordinates, and two for noise
            points = 10 * draws[:, :2] - 5
            points += np.where(points > 0, 0.3, -0.3)  # a gap along the axes
            <noise>
            return points, ({"read_at" if spec.noise else "points"}.prod(axis=1) >= 0).astype(int)
        ''',
        noise=noise if spec.noise else "",
    )


def gaussian(spec: Any) -> str:
    return block(
        f'''
        def gaussian(rng, samples):
            """Two round clouds: class 1 around (2, 2), class 0 around (-2, -2)."""
            labels = (np.arange(samples) < samples - samples // 2).astype(int)
            centres = np.where(labels == 1, 2, -2)[:, None]
            variance = {number(0.5 + 7 * spec.noise)}
            return centres + np.sqrt(variance) * rng.standard_normal((samples, 2)), labels
        '''
    )


def spiral(spec: Any) -> str:
    k = spec.classes
    noise = f"arm += {number(spec.noise)} * (2 * rng.random(arm.shape) - 1)"
    return block(
        f'''
        def spiral(rng, samples):
            """Arms, one for each of {k} classes, that wind 1.75 times around the middle."""
            points, labels = [], []
            for label, count in zip(reversed(range({k})), {_shares(spec)}):
                along = np.arange(count) / (samples / {k})  # from 0 to 1
                angle = 1.75 * along * 2 * np.pi + 2 * np.pi * ((1 - label) % {k}) / {k}
                arm = 5 * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
                <noise>
                points.append(arm)
                labels.append(np.full(count, label))
            return np.concatenate(points), np.concatenate(labels)
        ''',
        noise=noise if spec.noise else "",
    )


def moons(spec: Any) -> str:
    noise = f"points += {number(spec.noise)} * rng.standard_normal((samples, 2))"
    return block(
        '''
        def moons(rng, samples):
            """Two half circles that reach into each other."""
            upper, lower = samples // 2, samples - samples // 2
            outer, inner = np.linspace(0, np.pi, upper), np.linspace(0, np.pi, lower)
            x1 = np.concatenate([np.cos(outer), 1 - np.cos(inner)])
            x2 = np.concatenate([np.sin(outer), 0.5 - np.sin(inner)])
            points = np.stack([x1, x2], axis=1)
            <noise>
            return (points - (0.5, 0.25)) * (10 / 3), np.repeat([0, 1], [upper, lower])
        ''',
        noise=noise if spec.noise else "",
    )


def checkerboard(spec: Any) -> str:
    noise = f"""
        # Noise shifts where the label is read.
        read_at = points + {number(spec.noise)} * (5 * draws[:, 2:] - 2.5)
        square = np.floor((read_at + 5) / 2.5).astype(int)
    """
    columns = "square[:, 0] + 2 * square[:, 1]" if spec.classes > 3 else "square.sum(axis=1)"
    return block(
        f'''
        def checkerboard(rng, samples):
            """Four by four squares over [-5, 5]²; no two neighbours share a class."""
            square = rng.integers(4, size=(samples, 2))
            draws = rng.random((samples, 4))  # the place in the square, and two for noise
            points = (square + 0.9 * draws[:, :2] + 0.05) * 2.5 - 5
            <noise>
            return points, ({columns}) % {spec.classes}
        ''',
        noise=block(noise) if spec.noise else "",
    )


def rings(spec: Any) -> str:
    noise = f"""
        # Noise shifts where the label is read.
        read_at = points + {number(spec.noise)} * width * (4 * draws[:, 2:] - 2)
        ring = np.floor(np.hypot(*read_at.T) / width - 0.15).clip(0, {spec.classes - 1}).astype(int)
    """
    return block(
        f'''
        def rings(rng, samples):
            """Rings around rings, a class each, with gaps between them."""
            width = 5 / {spec.classes}
            ring = np.repeat(range({spec.classes}), {_shares(spec)})
            draws = rng.random((samples, 4))  # radius, angle, and two for noise
            inner = np.where(ring == 0, 0, (ring + 0.3) * width)
            radius = inner + ((ring + 1) * width - inner) * draws[:, 0]
            angle = 2 * np.pi * draws[:, 1]
            points = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
            <noise>
            return points, ring
        ''',
        noise=block(noise) if spec.noise else "",
    )


def blobs(spec: Any) -> str:
    k = spec.classes
    return block(
        f'''
        def blobs(rng, samples):
            """A round cloud for each of {k} classes, on a circle around the middle."""
            labels = np.repeat(range({k}), {_shares(spec)})
            angle = np.pi / 2 + 2 * np.pi * labels / {k}
            centres = {number(2 + 0.4 * k)} * np.stack([np.sin(angle), np.cos(angle)], axis=1)
            spread = {number(0.4 + 3.2 * spec.noise)}
            return centres + spread * rng.standard_normal((samples, 2)), labels
        '''
    )


def plane(spec: Any) -> str:
    noise = f"# Noise shifts where the value is read.\nread_at = points + {number(spec.noise)} * draws[:, 2:]"
    return block(
        f'''
        def plane(rng, samples):
            """The value (x1 + x2) / 10 over the square [-6, 6]²."""
            draws = 12 * rng.random((samples, 4)) - 6  # two coordinates, and two for noise
            points = draws[:, :2]
            <noise>
            return points, {"read_at" if spec.noise else "points"}.sum(axis=1) / 10
        ''',
        noise=noise if spec.noise else "",
    )


def multi_gaussian(spec: Any) -> str:
    noise = f"# Noise shifts where the value is read.\nread_at = points + {number(spec.noise)} * draws[:, 2:]"
    return block(
        f'''
        def multi_gaussian(rng, samples):
            """Three hills and three hollows over [-6, 6]²; the strongest counts."""
            draws = 12 * rng.random((samples, 4)) - 6  # two coordinates, and two for noise
            points = draws[:, :2]
            <noise>
            centres = np.array([(x1, x2) for x2 in (2.5, -2.5) for x1 in (-4, 0, 4)])
            signs = np.array([1, -1, 1, -1, 1, -1])
            away = np.linalg.norm({"read_at" if spec.noise else "points"}[:, None] - centres, axis=2)
            heights = signs * np.clip(1 - away / 2, 0, 1)
            return points, heights[np.arange(samples), np.abs(heights).argmax(axis=1)]
        ''',
        noise=noise if spec.noise else "",
    )


_CURVES = {
    "sine": ("sin x", "np.sin(x[:, 0])"),
    "step": ("A jump from -0.75 to 0.75", "np.where(x[:, 0] < 0, -0.75, 0.75)"),
    "polynomial": ("The cubic 4u³ - 3u of u = x / 6", "4 * (x[:, 0] / 6) ** 3 - 3 * (x[:, 0] / 6)"),
}


def curve(spec: Any) -> str:
    about, formula = _CURVES[spec.shape]
    noise = f"y += {number(spec.noise)} * rng.standard_normal(samples)"
    return block(
        f'''
        def curve(rng, samples):
            """{about}, over [-6, 6]."""
            x = 12 * rng.random((samples, 1)) - 6
            y = {formula}
            <noise>
            return x, y
        ''',
        noise=noise if spec.noise else "",
    )


FORMULAS: MappingProxyType[str, Callable[[Any], str]] = MappingProxyType(
    {
        "circle": circle,
        "xor": xor,
        "gaussian": gaussian,
        "spiral": spiral,
        "moons": moons,
        "checkerboard": checkerboard,
        "rings": rings,
        "blobs": blobs,
        "plane": plane,
        "multi_gaussian": multi_gaussian,
        "curve": curve,
    }
)
"""Kind of data to the function that draws its points: (rng, samples) -> (points, labels or values)."""
