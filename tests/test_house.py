"""The rules of the house, read off the code itself: who imports whom, what stays out of the web process, what fits
on a page. Every file is read, so a room that moves in later is held to the same rules.
"""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Data flows one way: a room imports from itself and from the rooms before it.
ROOMS = (
    "settings",
    "experiment",
    "data",
    "network",
    "training",
    "lenses",
    "figures",
    "export",
    "archive",
    "studies",
    "runs",
    "web",
    "ui",
    "pages",
    "app",
)

# What the web process imports. It never imports torch: it starts in seconds, stays small, and whatever torch does
# wrong is a worker's. A name without a module after it stands for the whole room.
TORCH_FREE = (
    "settings",
    "experiment",
    "data",
    "network.shapes",
    "network.diagram",
    "figures",
    "export",
    "archive",
    "studies.spec",
    "studies.studies",
    "runs.hubs",
    "runs.searches",
    "runs.singleton",
    "runs.pool",
    "web",
    "ui",
)

LONGEST = 330  # lines; a file that cannot be taken in at one reading is two files
VAGUE = {"utils", "util", "helpers", "helper", "misc", "common"}  # names that say nothing about what is inside


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {
    module_name(path): path
    for path in [ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "playground").rglob("*.py")]
}


def room_of(module: str) -> str | None:
    """The room that a dotted name belongs to; None for what is not ours, and for the package itself."""
    parts = module.split(".")
    name = parts[1] if parts[0] == "playground" and len(parts) > 1 else parts[0]
    return name if name in ROOMS else None


def imports(module: str) -> set[str]:
    """Every dotted name that a file of ours imports, wherever in the file, `from` imports with the name attached."""
    found = set()
    for node in ast.walk(ast.parse(SOURCES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module if SOURCES[module].name == "__init__.py" else module.rpartition(".")[0]
                base = ".".join([*package.split(".")[: len(package.split(".")) - node.level + 1], base]).rstrip(".")
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def offenders(found: dict[str, object]) -> dict[str, object]:
    """Only the files that something was found in: an empty dict when the rule holds."""
    return {module: what for module, what in found.items() if what}


def outsiders(module: str) -> set[str]:
    """Top-level names of what a file imports from elsewhere."""
    return {name.split(".")[0] for name in imports(module)}


def test_a_room_imports_only_from_rooms_before_it():
    wrong = {}
    for module in SOURCES:
        if room := room_of(module):
            later = ROOMS[ROOMS.index(room) + 1 :]
            wrong[module] = sorted(name for name in imports(module) if room_of(name) in later)
    assert offenders(wrong) == {}


def test_no_file_reaches_for_the_public_names_from_inside():
    """They are for a teacher's notebook. Inside the house, import from the room itself."""
    public = {"playground.Experiment", "playground.Trainer"}
    assert offenders({module: imports(module) & public for module in SOURCES}) == {}


def test_streamlit_stays_in_the_rooms_of_the_web():
    rooms = {"web", "ui", "pages", "app"}
    found = {module: outsiders(module) & {"streamlit"} for module in SOURCES if room_of(module) not in rooms}
    assert offenders(found) == {}


def test_pages_hold_no_numerics():
    numerics = {"torch", "numpy", "pandas", "sklearn", "scipy"}
    found = {module: outsiders(module) & numerics for module in SOURCES if room_of(module) == "pages"}
    assert offenders(found) == {}


def test_a_file_can_be_taken_in_at_one_reading():
    lengths = {module: path.read_text(encoding="utf-8").count("\n") for module, path in SOURCES.items()}
    assert {module: lines for module, lines in lengths.items() if lines > LONGEST} == {}, "each of these is two files"


def test_a_file_is_named_after_what_it_holds():
    assert [module for module in SOURCES if module.rpartition(".")[2] in VAGUE] == []


def web_process_modules() -> list[str]:
    """Everything that the web process imports: the torch-free rooms, and whatever the pages ask for."""
    rooms = tuple(f"playground.{name}" for name in TORCH_FREE)
    chosen = {name for name in SOURCES if name in rooms or name.startswith(tuple(f"{room}." for room in rooms))}
    asked = {name for page in SOURCES if room_of(page) == "pages" for name in imports(page)}
    chosen |= {name for name in SOURCES if any(ask == name or ask.startswith(f"{name}.") for ask in asked)}
    return sorted(chosen - {"playground", "playground.ui.shell"})  # the shell is a script: it runs pages


def test_the_web_process_never_imports_torch_or_ray():
    """In a fresh process: this one may well have them already."""
    script = (
        "import importlib, json, sys\n"
        "guilty = {}\n"
        f"for name in ['app', *{web_process_modules()!r}]:\n"
        "    importlib.import_module(name)\n"
        "    if {'torch', 'ray'} & set(sys.modules):\n"
        "        guilty[name] = True\n"
        "        break\n"
        "print(json.dumps(list(guilty)))\n"
    )
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1]) == [], "this module brought torch, or ray, into the web process"


def test_importing_the_package_imports_nothing_heavy():
    script = "import sys, playground; print(sorted({'torch', 'numpy', 'pydantic', 'streamlit'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_public_names_are_what_the_rooms_hold():
    import playground
    from playground.experiment import Experiment
    from playground.training import Trainer

    assert playground.Experiment is Experiment
    assert playground.Trainer is Trainer
    assert playground.lenses.decision_boundary
    assert {"Experiment", "Trainer", "lenses"} <= set(dir(playground))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = playground.nothing
