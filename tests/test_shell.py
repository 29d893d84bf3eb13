"""What surrounds the code: Streamlit's settings, the requirements, the Makefile."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from playground.export import weights
from playground.settings import MEGABYTE, Settings

ROOT = Path(__file__).resolve().parents[1]

# Each was decided for a reason that .streamlit/config.toml gives.
SERVED_WITH = {
    "runner.postScriptGC": False,
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 20,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.allowedHosts": [],
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
    "theme.light.primaryColor": None,
    "theme.primaryColor": "#0877bd",
    "theme.dark.primaryColor": "#1d86cf",
}


def effective_settings(folder: Path) -> dict[str, object]:
    """What Streamlit makes of the settings when app.py is started from ``folder``, by a person who never used it."""
    script = (
        "import json\n"
        "from streamlit import config\n"
        f"config._main_script_path = {str(ROOT / 'app.py')!r}\n"
        f"print(json.dumps({{name: config.get_option(name) for name in {list(SERVED_WITH)!r}}}))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={"HOME": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout.splitlines()[-1])


def test_the_settings_hold_from_any_folder(tmp_path):
    assert effective_settings(tmp_path) == SERVED_WITH


def test_streamlit_takes_as_much_as_images_tables_and_weights_do():
    most = SERVED_WITH["server.maxUploadSize"] * MEGABYTE
    assert most == Settings().image_bytes
    assert most >= max(Settings().csv_bytes, weights.most_bytes())


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-cluster.txt", "requirements-dev.txt"])
def test_requirements_are_exact_and_installed(file):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]
    assert wanted
    for line in wanted:
        name, exact = re.fullmatch(r"([\w-]+)(?:\[\w+\])?==([\w.]+)", line).groups()
        assert version(name).split("+")[0] == exact


def test_make_installs_again_only_when_the_requirements_change(tmp_path):
    """`make --dry-run` says what it would do, in a copy that holds stamps instead of a virtual environment."""
    for name in ("Makefile", "requirements.txt", "requirements-cluster.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / ".venv").mkdir()

    def plan(target: str) -> str:
        return subprocess.run(
            ["make", "--dry-run", target], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    assert "pip install" in plan("run")
    (tmp_path / ".venv" / ".requirements").touch()
    assert "pip install" not in plan("run")
    assert "-r requirements-dev.txt" in plan("test")
    (tmp_path / ".venv" / ".requirements-dev").touch()
    assert "pip install" not in plan("test")
    changed = (tmp_path / ".venv" / ".requirements").stat().st_mtime + 10
    os.utime(tmp_path / "requirements.txt", (changed, changed))
    assert "-r requirements.txt" in plan("run")
    assert "-r requirements-dev.txt" in plan("test")
