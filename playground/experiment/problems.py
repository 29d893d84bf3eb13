"""What is wrong with a description, in plain words: pydantic's errors as sentences a person can act on."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from playground.experiment.entry import Entry, Model
from playground.experiment.places import Place, place_of
from playground.experiment.registry import REGISTRIES, layer_kinds

MOST = 20
"""Problems told at once: nobody reads more, and a damaged link can hold thousands."""
LONGEST_VALUE = 40

NOUNS = {
    "data": "a data set",
    "layer": "a layer",
    "init": "a way to start",
    "loss": "a loss",
    "optimizer": "an optimizer",
    "schedule": "a schedule",
}

BOUNDS = {
    "greater_than": "gt",
    "greater_than_equal": "ge",
    "less_than": "lt",
    "less_than_equal": "le",
}

WANTED = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "on or off",
    "string": "a text",
    "tuple": "a list",
    "model": "a description with a name for each part",
    "dict": "a description with a name for each part",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    path: the field, by names and indices from the description down, as attributes reach it: ("network", 0, "units");
    message: what is wrong and what would be right, without a full stop.
    """

    path: tuple[str | int, ...]
    message: str

    @property
    def layer(self) -> tuple[int, ...] | None:
        """The path of the layer that is wrong (see `edits`), None where it is no layer."""
        indices = tuple(part for part in self.path if isinstance(part, int))
        return indices if self.path[:1] == ("network",) and indices else None

    def __str__(self) -> str:
        if self.layer is None:
            return self.message
        return f"Layer {'.'.join(str(index + 1) for index in self.layer)}: {self.message}"


def explain(error: ValidationError, model: type[Model] | None = None) -> list[Problem]:
    """The problems that `error` tells of, at most `MOST`, each once, in the order of the fields.

    model: the class that was validated; by default the description whose name the error carries. Never raises.
    """
    model = model or _model_named(error.title)
    errors = error.errors(include_url=False)
    # What a newer version wrote has many oddities, but only one cause.
    version = [item for item in errors if item["loc"] == ("v",) and item["type"] == "value_error"]
    found: dict[Problem, None] = {}
    for item in version or errors:
        place = place_of(model, item["loc"])
        too_deep = item["type"].startswith("recursion")  # hundreds of blocks down: told at the outermost
        found[Problem(place.path[:2] if too_deep else place.path, _sentence(item, place))] = None
        if len(found) == MOST:
            break
    return list(found)


def _model_named(name: str) -> type[Model]:
    return next((model for model in _descendants(Model) if model.__name__ == name), Model)


def _descendants(model: type[Model]) -> Iterator[type[Model]]:
    for child in model.__subclasses__():
        yield child
        yield from _descendants(child)


def _sentence(item: dict[str, Any], place: Place) -> str:
    """One sentence for one of pydantic's errors (their types: pydantic docs, "Validation errors")."""
    kind, value, context, label = item["type"], item["input"], item.get("ctx", {}), place.label
    if kind == "value_error":
        return str(context["error"]) if place.is_layer or not place.path else f"{label}: {context['error']}"
    if kind == "missing":
        return f"{label} must be given"
    if kind == "extra_forbidden":
        return _unknown_name(place)
    if kind == "union_tag_invalid":
        return _unknown_kind(context["tag"], place)
    if kind == "union_tag_not_found":
        return f"{label} must say of which kind it is, for example {next(iter(place.kinds))}"
    if kind == "literal_error":
        return f"{label} must be {_either(place.literals)}, but is {_quoted(value)}{_meant(value, place.literals)}"
    if kind in BOUNDS or _huge(value):
        return f"{label} must be {_range(place, kind, context)}, but is {_quoted(value)}"
    if kind in ("too_long", "too_short", "string_too_long", "string_too_short"):
        return _length(kind, label, context)
    if kind.startswith("recursion"):
        return "blocks are nested far too deep"
    wanted = WANTED.get(kind.split("_")[0])
    if wanted is None or kind == "string_pattern_mismatch":
        return f"{label} cannot be {_quoted(value)}"
    return f"{label} must be {wanted}, but is {_quoted(value)}"


def _unknown_name(place: Place) -> str:
    name, owner = str(place.path[-1]), place.owner
    known = [] if owner is None else [key for key in owner.model_fields if key != "kind"]
    of = f" of {owner.label}" if owner is not None and issubclass(owner, Entry) else ""
    return f"{_shown(name)} is not a setting{of}{_meant(name, known)}"


def _unknown_kind(tag: str, place: Place) -> str:
    kinds = list(place.kinds)
    family = _family_of(kinds)
    known = layer_kinds() if family == "layer" else REGISTRIES.get(family, {})
    if tag in known:
        # Known, but not here: orthogonal biases, say.
        return f"{known[tag].label} is not possible for {place.label}; it can be {_either(kinds)}"
    guess = _meant(tag, kinds, known)
    return f"{_shown(tag)} is not {NOUNS.get(family, 'a choice')}" + (guess or f"; there is {_either(kinds)}")


def _family_of(kinds: list[str]) -> str:
    if set(kinds) <= set(layer_kinds()):
        return "layer"
    return next((family for family, entries in REGISTRIES.items() if set(kinds) <= set(entries)), "")


def _meant(given: Any, known: list[Any], entries: dict[str, type[Entry]] | None = None) -> str:
    """A question for what comes near in spelling, be it the name in links or the one a person sees."""
    names = {str(name): str(name) for name in known}
    names |= {entries[name].label.lower(): name for name in names if entries and name in entries}
    near = difflib.get_close_matches(str(given)[:LONGEST_VALUE].lower(), names, n=1, cutoff=0.5)
    return f"; did you mean {names[near[0]]}?" if near and near[0] != str(given) else ""


def _range(place: Place, kind: str, context: dict[str, Any]) -> str:
    """Both ends of what is allowed, although only one was missed."""
    ends = place.bounds or ({BOUNDS[kind]: context[BOUNDS[kind]]} if kind in BOUNDS else {"lt": 1e15})
    words = {"gt": "greater than", "ge": "at least", "lt": "less than", "le": "at most"}
    return " and ".join(f"{words[end]} {_number(limit)}" for end, limit in ends.items())


def _length(kind: str, label: str, context: dict[str, Any]) -> str:
    what = " characters" if kind.startswith("string") else ""
    if kind.endswith("long"):
        return f"{label}: at most {_number(context['max_length'])}{what} are possible"
    least = context["min_length"]
    return f"{label}: at least {_number(least)}{what} {'is' if least == 1 else 'are'} needed"


def _either(options: list[Any] | dict[str, Any]) -> str:
    words = [_shown(option) for option in options]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]


def _number(value: Any) -> str:
    """1,024 rather than 1024.0; 1e-05 as it is."""
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < 1e15):
        return f"{int(value):,}"
    return f"{value:g}"


def _huge(value: Any) -> bool:
    return isinstance(value, int) and abs(value) >= 1e15


def _quoted(value: Any) -> str:
    return f'"{_shown(value)}"' if isinstance(value, str) and value else _shown(value)


def _shown(value: Any) -> str:
    """What was given, short and on one line whatever it was."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "empty"
    if isinstance(value, int | float):
        return ("far larger" if value > 0 else "far smaller") if _huge(value) else _number(value)
    if isinstance(value, str):
        text = "".join(char if char.isprintable() else "?" for char in value)
        return (text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…") or "empty"
    if isinstance(value, Entry):
        return value.label
    return "a list" if isinstance(value, list | tuple) else "something else"
