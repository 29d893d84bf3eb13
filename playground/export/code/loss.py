"""The loss of a script, and what is measured beside it."""

from __future__ import annotations

from typing import Any

from playground.experiment import Head
from playground.export.code.cell import Cell
from playground.export.code.writing import block, call, number

_PYTORCH = {
    "cross_entropy": "nn.CrossEntropyLoss",
    "bce": "nn.BCEWithLogitsLoss",
    "mse": "nn.MSELoss",
    "mae": "nn.L1Loss",
    "huber": "nn.HuberLoss",
}

HALF_MSE = '''
def loss_function(outputs, targets):
    """Half the mean squared error, so that its slope is just the error."""
    return 0.5 * nn.functional.mse_loss(outputs, targets)
'''

HINGE = '''
def loss_function(outputs, targets):
    """Hinge: a point costs nothing once it is on the right side by a margin."""
    return (<margin> - targets * outputs).clamp_min(0).mean()
'''

FOCAL = '''
def loss_function(outputs, targets):
    """Focal: cross-entropy that plays down easy points (Lin et al. 2017)."""
    log_p = nn.functional.log_softmax(outputs, dim=1).gather(1, targets[:, None])
    miss = (-torch.expm1(log_p)).clamp_min(1e-12)  # 1 - p, exact where p is nearly 1
    return -(miss**<gamma> * log_p).mean()
'''

LOG_COSH = '''
def loss_function(outputs, targets):
    """Log-cosh: squared near the target, straight far away; without overflow."""
    size = (outputs - targets).abs()
    return (size + nn.functional.softplus(-2 * size) - math.log(2)).mean()
'''


def loss_cell(spec: Any, head: Head, regression: bool, moody: bool) -> Cell:
    """The cell that defines `loss_function`, the metric and `measure`.

    moody: whether the network works otherwise in training (dropout, batch norm).
    """
    metric = "r_squared" if regression else "accuracy"
    measure = block(
        f'''
        @torch.no_grad()
        def measure(model, x, y):
            """Loss and {"R²" if regression else "accuracy"} over a whole part of the data."""
            <mode>
            outputs = model(x)
            return loss_function(outputs, y).item(), {metric}(outputs, y).item()
        ''',
        mode="model.eval()" if moody else "",
    )
    loss = _loss(spec)
    code = "\n\n\n".join([loss, _R_SQUARED.strip("\n") if regression else _accuracy(head), measure])
    needs = ("import math",) if "math." in code else ()
    return Cell("Loss", spec.about, code, (*needs, "import torch", "from torch import nn"))


def _loss(spec: Any) -> str:
    if spec.kind == "focal" and spec.gamma == 0:
        return "loss_function = nn.CrossEntropyLoss()  # focal with gamma 0"
    if spec.kind in _PYTORCH:
        return f"loss_function = {call(_PYTORCH[spec.kind], **spec.arguments())}"
    written = {"half_mse": HALF_MSE, "hinge": HINGE, "focal": FOCAL, "log_cosh": LOG_COSH}[spec.kind]
    for name, value in spec.arguments().items():
        written = written.replace(f"<{name}>", number(value))
    return written.strip("\n")


_R_SQUARED = '''
def r_squared(outputs, targets):
    """R²: the share of the targets' variance that is explained."""
    error = (outputs - targets).square().sum()
    return 1 - error / (targets - targets.mean()).square().sum()
'''


def _accuracy(head: Head) -> str:
    if head.outputs > 1:
        about = "the class with the largest output is the right one"
        right = "outputs.argmax(dim=1) == " + ("targets" if head.coding == "index" else "targets.argmax(dim=1)")
    else:
        between = "0.5" if head.activation == "sigmoid" else "0"
        about = f"the output is on the right side of {between}"
        right = f"(outputs > {between}) == (targets > {between})"
    return block(
        f'''
        def accuracy(outputs, targets):
            """Share of points where {about}."""
            return ({right}).float().mean()
        '''
    )
