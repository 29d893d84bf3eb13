"""The lenses' entries: described without torch, and every one does what its name says."""

import inspect
import subprocess
import sys

import pytest
from pydantic import ValidationError

from playground import lenses
from playground.lenses.registry import LENSES
from tests.lenses.moments import moment_of

KINDS = ["circle", "rings", "curve", "plane", "iris", "diabetes"]


@pytest.mark.parametrize("name", LENSES)
def test_every_entry_names_a_public_function_with_its_options(name):
    entry = LENSES[name]
    function = getattr(lenses, name)
    assert function.__doc__
    assert entry.label
    assert entry.about.endswith(".")
    given = inspect.signature(function).parameters.values()
    defaults = {option.name: option.default for option in given if option.default is not option.empty}
    assert defaults == entry(kind=name).options()
    for info in entry.parameters().values():
        assert info.title
        assert info.description


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_supported_can_be_looked_at(kind):
    moment = moment_of({"kind": kind})
    for name, entry in LENSES.items():
        if entry.live_only:
            continue
        if entry.supports(moment.dataset):
            assert entry(kind=name).look(moment)
        else:
            with pytest.raises(ValueError):
                entry(kind=name).look(moment)


def test_options_out_of_range_are_refused():
    with pytest.raises(ValidationError):
        LENSES["decision_boundary"].with_options({"resolution": 100_000})
    assert LENSES["weights"].with_options({"discrete": True}).options() == {}


def test_the_registry_does_not_import_torch():
    code = "import sys, playground.lenses.registry, playground.lenses as l; l.LENSES; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
