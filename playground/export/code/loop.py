"""The training loop of a script, with its optimizer: what the `torch` engine does, step by step."""

from __future__ import annotations

from playground.experiment.training import Training
from playground.export.code.cell import Cell
from playground.export.code.recipe import MIXED, penalty_code
from playground.export.code.setting import Setting
from playground.export.code.writing import assigned, block, call, indent, lines, listed, number

FUSED = ("adam", "adamw")
"""Their one-kernel version is quicker on small networks, and rounds in its own way: the playground uses it."""


def training_cell(training: Training, setting: Setting) -> Cell:
    """The cell that defines `train`."""
    code = _Loop(training, setting).code()
    needs = [f"import {name}" for name in ("copy", "math") if f"{name}." in code]
    entry = training.optimizer
    text = f"{entry.label}: {entry.about[0].lower() + entry.about[1:]}"
    if training.early_stopping is not None:
        text += " Training stops when the test loss has not fallen for a while."
    mixed = MIXED.strip("\n") if training.precision == "mixed" else ""
    parts = [penalty_code(training) if not setting.idle else "", mixed, code]
    return Cell(
        "Training",
        text,
        "\n\n\n".join(part for part in parts if part),
        (*needs, "import torch", "from torch import nn"),
    )


class _Loop:
    """Writes `train`, part by part; a part that the experiment does not use is empty."""

    def __init__(self, training: Training, setting: Setting) -> None:
        self.training, self.setting = training, setting
        self.schedule, self.stopping = training.schedule, training.early_stopping
        self.scheduled = self.schedule.kind not in ("constant", "plateau") and not setting.idle
        self.follows_loss = self.schedule.kind == "plateau" and not setting.idle
        self.several = training.optimizer.kind == "muon"
        self.penalised = bool(training.l1 or training.l2)
        self.answer = "in_16_bits(model, x)" if training.precision == "mixed" else "model(x)"

    def code(self) -> str:
        return block(
            '''
            def train(epochs):
                """Trains a new network; returns it and the loss of every batch before its step."""
                x_train, y_train, x_test, y_test = load_data()
                model = Network()
                initialise(model)
                <frozen>
                <optimizer>
                <weights>
                <schedule>
                <best>
                losses = []
                for epoch in range(epochs):
                    order = shuffled(epoch, len(x_train))
                    <ordered>
                    <mode>
                    <batches>
                        <step>
                    <ended>
                <restore>
                return model, losses
            ''',
            frozen=self._frozen(),
            optimizer=self._optimizer(),
            weights=self._weights(),
            schedule=self._schedule(),
            best=self._best(),
            ordered="" if self.setting.varied else "x_epoch, y_epoch = x_train[order], y_train[order]",
            mode=self._mode(),
            batches=self._batches(),
            step=self._step(),
            ended=self._ended(),
            restore=self._restore(),
        )

    # Before -------------------------------------------------------------------------------------------------------

    def _frozen(self) -> str:
        if not self.setting.frozen:
            return ""
        return lines(
            listed("frozen = [", self.setting.frozen, "]"),
            "for layer in frozen:\n    layer.requires_grad_(False)",
        )

    def _optimizer(self) -> str:
        entry = self.training.optimizer
        if self.setting.idle:
            return "# Every layer is frozen: nothing is learnt, and no optimizer is needed."
        arguments = {name: value for name, value in entry.arguments().items() if name != "lr"}
        if self.several:
            muon = assigned("muon", call("torch.optim.Muon", "matrices", "lr=LEARNING_RATE", **arguments))
            return block(
                """
                # Muon (torch 2.9 or newer) takes weight matrices; all else follows AdamW.
                matrices = [p for p in model.parameters() if p.dim() == 2]
                others = [p for p in model.parameters() if p.dim() != 2]
                <muon>
                adamw = torch.optim.AdamW(others, lr=LEARNING_RATE, weight_decay=0.0)
                optimizers = [muon, adamw]
                """,
                muon=muon,
            )
        if entry.kind in FUSED:
            arguments["fused"] = True
        return assigned(
            "optimizer",
            call(f"torch.optim.{entry.torch_name}", "model.parameters()", "lr=LEARNING_RATE", **arguments),
        )

    def _weights(self) -> str:
        """What the penalties and the decay act on: the weights of linear layers, not biases, not norms."""
        if self.setting.idle or not (self.penalised or self.training.weight_decay):
            return ""
        kinds = self.setting.weighted
        several = f"kinds = {kinds}" if kinds.startswith("(") else ""
        kinds = "kinds" if several else kinds
        every = f"weights = [m.weight for m in model.modules() if isinstance(m, {kinds})]"
        return lines(several, every, "weights = [w for w in weights if w.requires_grad]" if self.setting.frozen else "")

    def _schedule(self) -> str:
        if self.scheduled:
            name, options = "LambdaLR", "lambda step: factor(step / per_epoch)"
        elif self.follows_loss:
            given = self.schedule
            name = "ReduceLROnPlateau"
            options = f"factor={given.decay!r}, patience={given.patience}, threshold={given.threshold!r}, eps=0"
            options += f", min_lr={number(given.floor)} * LEARNING_RATE" if given.floor else ""
        else:
            return ""
        made = f"torch.optim.lr_scheduler.{name}({{}}, {options})"
        if self.several:
            made = lines(
                assigned("muon_schedule", made.format("muon")),
                assigned("adamw_schedule", made.format("adamw")),
                "schedules = [muon_schedule, adamw_schedule]",
            )
        else:
            made = assigned("schedule", made.format("optimizer"))
        return lines("per_epoch = math.ceil(len(x_train) / BATCH_SIZE)" if self.scheduled else "", made)

    def _best(self) -> str:
        if self.stopping is None:
            return ""
        return lines(
            "best, waited = math.inf, 0",
            "best_state = copy.deepcopy(model.state_dict())" if self.stopping.restore_best else "",
        )

    def _mode(self) -> str:
        if not self.setting.moody:
            return ""
        still = "for layer in frozen:\n    layer.eval()  # batch norm keeps its running mean and variance"
        return lines("model.train()", still if self.setting.still else "")

    # A step -------------------------------------------------------------------------------------------------------

    def _batches(self) -> str:
        if self.setting.varied:
            return "for rows in torch.tensor(order).split(BATCH_SIZE):"
        return "for x, y in zip(x_epoch.split(BATCH_SIZE), y_epoch.split(BATCH_SIZE)):"

    def _step(self) -> str:
        taken = "x, y = augmented(x_train[rows], epoch, rows), y_train[rows]" if self.setting.varied else ""
        return lines(taken, self._learnt())

    def _learnt(self) -> str:
        mask = "Dropout.step = len(losses)" if self.setting.dropout else ""
        if self.setting.idle:
            return lines(mask, f"losses.append(loss_function({self.answer}, y).item())")
        schedule = self._each_schedule("step()") if self.scheduled else ""
        if self.training.optimizer.first_order:
            return lines(mask, self._plain_step(), schedule)
        return lines(self._closure_step(mask), schedule)

    def _plain_step(self) -> str:
        return lines(
            f"loss = loss_function({self.answer}, y)",
            "model.zero_grad()" if self.several else "optimizer.zero_grad()",
            "(loss + penalty(weights)).backward()" if self.penalised else "loss.backward()",
            self._clip(),
            self._decay(),
            "for optimizer in optimizers:\n    optimizer.step()" if self.several else "optimizer.step()",
            "losses.append(loss.item())",
        )

    def _closure_step(self, mask: str) -> str:
        """A step that may look at the loss more than once; what it makes small includes the penalties."""
        closure = block(
            f"""
            def closure():
                optimizer.zero_grad()
                loss = loss_function({self.answer}, y){" + penalty(weights)" if self.penalised else ""}
                loss.backward()
                <clip>
                return loss
            """,
            clip=self._clip(),
        )
        before = lines(mask, self._decay(), "before = penalty(weights).item()" if self.penalised else "")
        record = f"losses.append(optimizer.step(closure).item(){' - before' if self.penalised else ''})"
        apart = f"{before}\n\n" if before else "\n"  # an empty line before a function
        return f"{apart}{closure}\n\n{record}"

    def _clip(self) -> str:
        if self.training.clip_norm is None:
            return ""
        return "nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)"

    def _decay(self) -> str:
        """Decoupled weight decay (Loshchilov and Hutter 2019)."""
        if not self.training.weight_decay:
            return ""
        return block(
            f"""
            # Weights shrink by themselves, apart from the gradient.
            rate = {"muon" if self.several else "optimizer"}.param_groups[0]["lr"]
            with torch.no_grad():
                for w in weights:
                    w -= rate * WEIGHT_DECAY * w
            """
        )

    def _each_schedule(self, what: str) -> str:
        return f"for schedule in schedules:\n    schedule.{what}" if self.several else f"schedule.{what}"

    # The end of an epoch, and of the run --------------------------------------------------------------------------

    def _ended(self) -> str:
        metric, tested = self.setting.metric, self.setting.tested
        watched = "test_loss" if tested else "train_loss"
        train, test = ("" if count is None else f"[:{count}]" for count in self.setting.measured)
        measured = lines(
            f"train_loss, train_{metric} = measure(model, x_train{train}, y_train{train})",
            f"test_loss, test_{metric} = measure(model, x_test{test}, y_test{test})" if tested else "",
        )
        plateau = self._each_schedule(f"step({watched})") if self.follows_loss else ""
        if plateau or self.stopping:
            return lines(measured, _now_and_then(self._print()), plateau, self._stop(watched))
        return _now_and_then(lines(measured, self._print()))

    def _print(self) -> str:
        metric = self.setting.metric
        shown, form = {"accuracy": ("accuracy", ".1%"), "r_squared": ("R²", ".4f")}[metric]
        parts = ["train", "test"] if self.setting.tested else ["train"]
        told = [f"{part} loss {{{part}_loss:.6f}}, {shown} {{{part}_{metric}:{form}}}" for part in parts]
        rows = [f'f"{row}{";" if row != told[-1] else ""}",' for row in told]
        return lines("print(", indent(lines('f"epoch {epoch + 1:5}:",', *rows)), ")")

    def _stop(self, watched: str) -> str:
        if self.stopping is None:
            return ""
        gain = f" - {number(self.stopping.min_delta)}" if self.stopping.min_delta else ""
        return block(
            f"""
            if {watched} < best{gain}:
                best, waited = {watched}, 0
                <keep>
            else:
                waited += 1
                if waited == {self.stopping.patience}:
                    break
            """,
            keep="best_state = copy.deepcopy(model.state_dict())" if self.stopping.restore_best else "",
        )

    def _restore(self) -> str:
        if self.stopping is None or not self.stopping.restore_best:
            return ""
        return "model.load_state_dict(best_state)  # as it was at its lowest test loss"


def _now_and_then(code: str) -> str:
    return "if (epoch + 1) % PRINT_EVERY == 0:\n" + indent(code)
