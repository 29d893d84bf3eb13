"""The data room stays light: the web process uses it."""

import subprocess
import sys

SCRIPT = """
import sys
from playground.data import class_names, input_names, inspect, load
from playground.experiment.data import Circle, Iris
load(Circle(kind="circle"))
input_names(Iris(kind="iris")), class_names(Iris(kind="iris"))
inspect(b"a,b\\n1,2\\n3,4\\n2,8\\n")
print(*sorted({"torch", "streamlit", "sklearn", "pandas"} & set(sys.modules)))
"""


def test_names_and_points_need_neither_torch_nor_scikit_learn():
    result = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


def test_every_public_name_is_there():
    import playground.data as room

    for name in room.__all__:
        assert getattr(room, name) is not None
        assert name in dir(room)
