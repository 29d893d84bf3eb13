"""The tables that are always here: scikit-learn's iris, wine, breast cancer and diabetes, and two of our own.

Names are written down here, so that they can be shown without loading scikit-learn; a test compares them.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from playground.data.columns import Column
from playground.data.dataset import Task
from playground.data.made_up import MADE_UP, MadeUp


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A table of scikit-learn. loader: its function in sklearn.datasets; classes: empty for a regression."""

    loader: str
    task: Task
    target: str
    classes: tuple[str, ...]
    inputs: tuple[str, ...]

    def read(self) -> tuple[list[Column], Column]:
        """The input columns and the target, as scikit-learn has them (the diabetes table unscaled)."""
        import sklearn.datasets  # takes a second; a page that only shows names does without

        options = {"scaled": False} if self.loader == "load_diabetes" else {}
        values, target = getattr(sklearn.datasets, self.loader)(return_X_y=True, **options)
        columns = [
            Column(name, "number", np.ascontiguousarray(values[:, index], dtype=np.float64))
            for index, name in enumerate(self.inputs)
        ]
        if self.task == "classification":
            return columns, Column(self.target, "category", target.astype(np.int32), self.classes)
        return columns, Column(self.target, "number", target.astype(np.float64))


_WINE_MEASURES = (
    "alcohol", "malic acid", "ash", "alcalinity of ash", "magnesium", "total phenols", "flavanoids",
    "nonflavanoid phenols", "proanthocyanins", "color intensity", "hue", "od280/od315 of diluted wines", "proline",
)  # fmt: skip
_PATIENT_MEASURES = (
    "age", "sex", "body mass index", "blood pressure", "total cholesterol", "LDL", "HDL", "cholesterol ratio",
    "log triglycerides", "blood sugar",
)  # fmt: skip
_CELL_MEASURES = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip

REAL: MappingProxyType[str, BuiltIn] = MappingProxyType(
    {
        "iris": BuiltIn(
            loader="load_iris",
            task="classification",
            target="species",
            classes=("setosa", "versicolor", "virginica"),
            inputs=("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
        ),
        "wine": BuiltIn(
            loader="load_wine",
            task="classification",
            target="grower",
            classes=("grower 1", "grower 2", "grower 3"),
            inputs=_WINE_MEASURES,
        ),
        "breast_cancer": BuiltIn(
            loader="load_breast_cancer",
            task="classification",
            target="diagnosis",
            classes=("malignant", "benign"),
            inputs=tuple(
                pattern.format(measure) for pattern in ("mean {}", "{} error", "worst {}") for measure in _CELL_MEASURES
            ),
        ),
        "diabetes": BuiltIn(
            loader="load_diabetes",
            task="regression",
            target="disease progression after one year",
            classes=(),
            inputs=_PATIENT_MEASURES,
        ),
    }
)

TABLES: MappingProxyType[str, BuiltIn | MadeUp] = MappingProxyType({**REAL, **MADE_UP})
"""Every table that needs no upload, by the kind of its entry."""
