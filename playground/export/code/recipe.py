"""The recipe of a script: its numbers, the schedule and the penalties; the loop is `loop`."""

from __future__ import annotations

from typing import Any

from playground.experiment.training import Training
from playground.export.code.cell import Cell
from playground.export.code.writing import block, lines, number


def constants(training: Training) -> list[str]:
    """The numbers of the recipe that one turns, as assignments."""
    named = {
        "BATCH_SIZE": training.batch_size,
        "LEARNING_RATE": training.optimizer.lr,
        "L1": training.l1,
        "L2": training.l2,
        "WEIGHT_DECAY": training.weight_decay,
        "CLIP_NORM": training.clip_norm,
    }
    return [f"{name} = {value!r}" for name, value in named.items() if value]


def schedule_cell(schedule: Any) -> Cell | None:
    """The cell that defines `factor(epoch)`; None for a constant rate and for one that follows the loss."""
    if schedule.kind in ("constant", "plateau"):
        return None
    values = {name: number(value) for name, value in schedule.arguments().items()}
    floor = values.get("floor", "0")
    scale = f"{floor} + (1 - {floor}) * {{}}" if floor != "0" else "{}"
    body = {
        "step": "return {gamma} ** math.floor(epoch / {step_size})",
        "exponential": "return {gamma}**epoch",
        "cosine": "share = min(epoch / {epochs}, 1)\nreturn " + scale.format("0.5 * (1 + math.cos(math.pi * share))"),
        "warm_restarts": lines(
            "share = epoch / {first} % 1" if values.get("longer") == "1" else _RESTARTS,
            "return " + scale.format("0.5 * (1 + math.cos(math.pi * share))"),
        ),
        "one_cycle": _ONE_CYCLE,
        "warmup": "return {start} + (1 - {start}) * min(epoch / {epochs}, 1)",
    }[schedule.kind]
    code = block(
        f'''
        def factor(epoch):
            """{schedule.label}: what the learning rate is multiplied by."""
            <body>
        ''',
        body=body.format(**values).strip("\n"),
    )
    return Cell("Schedule", schedule.about, code, ("import math",) if "math." in code else ())


_RESTARTS = """\
elapsed, length = epoch / {first}, 1  # in units of the first cycle
while elapsed >= length:
    elapsed -= length
    length *= {longer}
share = elapsed / length"""

_ONE_CYCLE = """
low, share = 1 / {start_div}, min(epoch / {epochs}, 1)
if share <= {rise}:
    start, end, share = low, 1, share / {rise}
else:
    start, end, share = 1, low / {end_div}, (share - {rise}) / (1 - {rise})
return end + (start - end) * 0.5 * (1 + math.cos(math.pi * share))
"""


MIXED = '''
def in_16_bits(model, x):
    """Convolutions and linear layers in bfloat16: quicker on a GPU, and coarser."""
    with torch.autocast(x.device.type, torch.bfloat16):
        return model(x).float()
'''


def penalty_code(training: Training) -> str:
    """The function `penalty`; empty where there is none."""
    absolute = "L1 * sum(w.abs().sum() for w in weights)" if training.l1 else ""
    squared = "L2 / 2 * sum(w.square().sum() for w in weights)" if training.l2 else ""
    if absolute and squared:
        cost = f"absolute = {absolute}\nreturn absolute + {squared}"
    elif absolute or squared:
        cost = f"return {absolute or squared}"
    else:
        return ""
    return block(
        '''
        def penalty(weights):
            """What large weights cost."""
            <cost>
        ''',
        cost=cost,
    )
