"""Walking about a plane of weights: the loss and the score of a network at many points of it, in few large operations.

    part = part_of(trainer.task, "train")
    walk = walk_of(trainer.module, centre, first, second, part)
    loss, score = walk.at(x, y)        # at centre + x * first + y * second

Three walkers give the same numbers: `fused` (one compiled kernel, small dense stacks on the CPU), `torch` (hand-batched
over grid points and samples) and `general` (`vmap`, and where that cannot, a plain loop), which knows every module.
"""

from playground.lenses.landscape.walking.choosing import ENGINES, walk_of
from playground.lenses.landscape.walking.part import Part, part_of
from playground.lenses.landscape.walking.walk import Walk

__all__ = ["ENGINES", "Part", "Walk", "part_of", "walk_of"]
