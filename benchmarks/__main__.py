"""Every benchmark, one after another: ``python -m benchmarks [name ...]``. One is any module here with a `main()`.

Each runs in a process of its own, so that what one imports or leaves behind does not weigh on the next.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def names() -> list[str]:
    """The modules of this folder that define `main`, in alphabetical order."""
    return [path.stem for path in sorted(HERE.glob("[a-z]*.py")) if _has_main(path)]


def _has_main(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)


def main(chosen: list[str]) -> int:
    """Run the benchmarks of these names, or all. 1 if one of them failed."""
    known = names()
    if unknown := sorted(set(chosen) - set(known)):
        print(f"There is no benchmark {unknown[0]!r}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    failed = False
    for name in chosen or known:
        summary = (ast.get_docstring(ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))) or "").split("\n")[0]
        print(f"\n{name}: {summary}\n", flush=True)
        command = [sys.executable, "-c", f"from benchmarks import {name}; {name}.main()"]
        failed |= subprocess.run(command, cwd=HERE.parent, env=os.environ).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
