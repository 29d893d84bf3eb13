"""Every test has a table store of its own and starts with empty caches."""

from dataclasses import replace

import pytest

from playground.data import download, loading, store
from playground.settings import Settings


@pytest.fixture(autouse=True)
def server(tmp_path, monkeypatch) -> Settings:
    """The settings of a server whose home is a fresh folder."""
    fresh = replace(Settings(), home=tmp_path)
    monkeypatch.setattr(store, "default_settings", fresh)
    monkeypatch.setattr(download, "default_settings", fresh)
    loading.forget()
    return fresh


@pytest.fixture
def mixed_csv() -> bytes:
    """60 rows with every kind of column; some values are missing; classes x (30), y (20), z (10)."""
    lines = ["id,age,city,smoker,weight,species"]
    for row in range(60):
        age = "" if row % 10 == 3 else str(20 + row % 7)
        city = "NA" if row % 12 == 5 else ("Berlin", "Paris", "Rome")[row % 3]
        smoker = ("yes", "no")[row % 2]
        species = "x" if row < 30 else "y" if row < 50 else "z"
        lines.append(f"{row + 1},{age},{city},{smoker},{row / 3:.2f},{species}")
    return "\n".join(lines).encode()
