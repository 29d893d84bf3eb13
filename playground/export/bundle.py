"""The pages' own JavaScript as one script that a file can hold: its modules, each in a function of its own."""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).parents[1] / "web" / "static"
"""What the browser plays on the pages, and so what plays in a file: there is one player, not two."""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([\w-]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:class|function|const) (\w+))", re.MULTILINE)


def bundle(*entries: Path) -> str:
    """The script of the `entries`, one after another, and of all that they import by name from `STATIC`, each module
    once and before who needs it.

    Raises ValueError for an import or export in another form than the modules here have.
    """
    found: dict[str, str] = {}
    main = "\n".join(_resolved(entry.read_text(encoding="utf-8"), found) for entry in entries)
    return "\n".join([*found.values(), f"{{\n{main}}}\n"])


def styles(*names: str) -> str:
    """Style sheets of the pages, one after another."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names)


def _resolved(text: str, found: dict[str, str]) -> str:
    """A module's text with what it imports taken from modules in `found`, where they are put first."""
    for imported in _IMPORT.findall(text):
        if imported[1] not in found:
            _add(imported[1], found)
    text = _IMPORT.sub(lambda line: f"const {{{line[1].replace(' as ', ': ')}}} = {_name(line[2])};\n", text)
    if wrong := re.search(r"^import .*|^export default .*|^export [{*].*|\bimport\(|import\.meta", text, re.MULTILINE):
        raise ValueError(f"a script of one file cannot hold {wrong[0]!r}")
    return text


def _add(name: str, found: dict[str, str]) -> None:
    text = _resolved((STATIC / name).read_text(encoding="utf-8"), found)
    given = ", ".join(match[2] for match in _EXPORT.finditer(text))
    inner = _EXPORT.sub(r"\1", text)
    found[name] = f"const {_name(name)} = (() => {{\n{inner}return {{ {given} }};\n}})();"


def _name(module: str) -> str:
    return "module_" + re.sub(r"\W", "_", module.removesuffix(".js"))
