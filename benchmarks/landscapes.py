"""How fast a loss landscape is: ours beside a plain loop and the `loss-landscapes` package, taking turns.

    python -m benchmarks landscapes

A surface of 51x51 points on one thread. The package is installed for this alone, into a folder of its own in the cache;
where it cannot be had, the rest is measured without it. Like the loop it gives only the loss; so do ours on the digits,
and the loss and the accuracy on the points.
"""

from __future__ import annotations

import time
from statistics import median

from benchmarks.contenders import prepare, ratio, verdict
from benchmarks.plane_walks import Contender, Scene, convolutional, dense, naive, package, walker

NEEDED = {("dense", "torch"): 8, ("dense", "fused"): 25, ("convolutions", "torch"): 4}
"""How many times as fast as the package."""
PCA_SECONDS = 0.2
LIVE_PER_SECOND = 5.0


def main(turn: float = 0.4, rounds: int = 7) -> dict[str, float]:
    """Print and return seconds for each contender, and for PCA, and surfaces a second of the live view."""
    prepare()
    results: dict[str, float] = {}
    for name, scene, ours in (("dense", dense(), ("torch", "fused")), ("convolutions", convolutional(), ("torch",))):
        results |= {f"{name} {who}": seconds for who, seconds in _compared(name, scene, ours, turn, rounds).items()}
    results["pca"] = _pca()
    results["live"] = _live()
    return results


def _compared(name: str, scene: Scene, ours: tuple[str, ...], turn: float, rounds: int) -> dict[str, float]:
    fills = {"loop": naive(scene), "vmap": walker(scene, "general"), **{who: walker(scene, who) for who in ours}}
    try:
        fills["package"] = package(scene)
    except ImportError as missing:
        print(f"the loss-landscapes package cannot be had ({missing}): without it")
    contenders = {who: Contender(fill, turn) for who, fill in fills.items()}
    for _ in range(rounds):
        for contender in contenders.values():
            contender.take()
    print(f"{name + ', seconds':24}{'a surface':>12}{'measured at':>14}{'x the loop':>12}{'x the package':>15}")
    for who, contender in contenders.items():
        found = {"loop": contenders["loop"], "package": contenders.get("package", contender)}
        times = {rival: ratio(other.seconds, contender.seconds) for rival, other in found.items()}
        side = f"{contender.side}x{contender.side}"
        line = f"{who:24}{median(contender.seconds):12.4f}{side:>14}{times['loop']:12.1f}"
        if "package" in contenders:
            line += f"{times['package']:15.1f}" + verdict(times["package"], NEEDED.get((name, who)))
        print(line, flush=True)
    return {who: median(contender.seconds) for who, contender in contenders.items()}


def _pca() -> float:
    """Seconds for the first two principal components of 1,000 snapshots of 10,000 parameters."""
    import torch

    from playground.lenses.landscape.path import principal

    walk = torch.randn(1000, 10_000, generator=torch.Generator().manual_seed(0)).cumsum_(0)
    found = []
    for _ in range(3):
        start = time.perf_counter()
        principal(walk)
        found.append(time.perf_counter() - start)
    seconds = median(found)
    met = "met" if seconds <= PCA_SECONDS else "MISSED"
    print(f"\nPCA of 1,000 snapshots of 10,000 parameters: {seconds:.3f} s  at most {PCA_SECONDS} s: {met}")
    return seconds


def _live(seconds: float = 4.0, side: int = 31) -> float:
    """Whole surfaces a second of what the newcomer finds, while it trains at full speed in between."""
    from playground import Trainer, lenses
    from playground.experiment.presets import start

    trainer = Trainer(start(), device="cpu")
    trainer.advance(epochs=1)
    lenses.loss_landscape(trainer, resolution=side)
    count, steps, looking, begin = 0, trainer.step, 0.0, time.perf_counter()
    while (now := time.perf_counter()) - begin < seconds:
        trainer.advance(seconds=0.03)
        before = time.perf_counter()
        lenses.loss_landscape(trainer, resolution=side)
        looking += time.perf_counter() - before
        count += 1
    passed = now - begin
    steps = trainer.step - steps
    share = f"{looking / passed:.0%} of the time, {steps / passed:,.0f} training steps a second in between"
    line = f"live, {side}x{side}: {count / passed:.1f} surfaces a second ({share})"
    print(line + verdict(count / passed, LIVE_PER_SECOND, "a second"))
    return count / passed


if __name__ == "__main__":
    main()
