"""What every pickable thing is: a frozen description with a name, a sentence, a formula and bounded parameters."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import InitErrorDetails

FROZEN = "frozen"
"""The field that says that a layer keeps its numbers: how it is trained, not how it is built."""


class Model(BaseModel):
    """A frozen description: unknown names are refused, and so are NaN and infinity.

    Numbers are read as pydantic reads them: "8", 8.0 and True (as 1) are whole numbers too, and are kept as ints.
    So two descriptions that mean the same are equal, with one hash and one link. What is already a description is
    checked again wherever it is put into another, so that nothing wrong can be smuggled in by `model_copy`.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        protected_namespaces=(),
        use_attribute_docstrings=True,
        revalidate_instances="always",
    )

    @field_validator("*")
    @classmethod
    def _one_zero(cls, value: Any) -> Any:
        # -0.0 equals 0.0 but is written differently: equal experiments would have different links.
        return 0.0 if isinstance(value, float) and value == 0 else value


class Entry(Model):
    """One pickable thing. Its fields are its parameters; `kind` is its name in links and JSON.

    Subclasses set the class variables below and `kind: Literal["..."]` (required, so that a link always
    names what it describes).
    """

    label: ClassVar[str]
    """The name a person sees."""
    about: ClassVar[str]
    """One sentence that teaches what it is for."""
    formula: ClassVar[str] = ""
    """LaTeX, without delimiters."""
    torch_name: ClassVar[str] = ""
    """What builds it: a class of the PyTorch module that fits (`ReLU`), or `package.module:Name` for one of ours."""

    def arguments(self) -> dict[str, Any]:
        """Keyword arguments for the class that `torch_name` names: by default every parameter but `frozen`."""
        return {name: getattr(self, name) for name in type(self).parameters() if name != FROZEN}

    @classmethod
    def parameters(cls) -> dict[str, Any]:
        """The pickable parameters: name to pydantic's FieldInfo, in order; `kind` is not one."""
        return {name: info for name, info in cls.model_fields.items() if name != "kind"}


def parameter(
    default: Any = ...,
    *,
    label: str,
    help: str,
    ge: float | None = None,
    gt: float | None = None,
    le: float | None = None,
    lt: float | None = None,
    step: float | None = None,
    log: bool = False,
    live: bool = False,
    max_length: int | None = None,
) -> Any:
    """A parameter of an entry: bounds are checked wherever it comes from, and the forms are made from it.

    label: its short name; help: one plain sentence; step: the form's increment; log: chosen on a
    logarithmic scale; live: may be changed while a run trains.
    """
    extra = {"step": step, "log": log, "live": live}
    return Field(
        default,
        title=label,
        description=help,
        ge=ge,
        gt=gt,
        le=le,
        lt=lt,
        max_length=max_length,
        json_schema_extra={k: v for k, v in extra.items() if v},
    )


def freezable() -> Any:
    """The field `frozen` of a layer that holds learnt numbers; see `experiment.freezing`."""
    return parameter(
        False,
        label="Freeze",
        help="Keeps this layer's numbers exactly as they are, while the others go on learning.",
        live=True,
    )


def refusal(title: str, loc: tuple[str | int, ...], message: str, value: Any) -> ValidationError:
    """The error to raise in a validator of a whole model where one field in it is wrong: it carries that field's path.

    title: name of the model's class; loc: where below it, in pydantic's way (the kind of an entry is a part, too);
    message: what is wrong and what would be right; value: what was given.
    """
    details = InitErrorDetails(type="value_error", loc=loc, input=value, ctx={"error": ValueError(message)})
    return ValidationError.from_exception_data(title, [details])
