"""Make the two made-up tables again: ``python assets/tables/make.py`` writes flats.csv and faults.csv beside itself.

Nobody's flat and no real machine is in them: each row is drawn from the formulas below with a fixed seed, so that the
tables are small, free to use, and known through and through (MIT, like the rest of the project).
"""

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def flats(rows: int = 400) -> dict[str, np.ndarray]:
    """What flats of an imagined city cost.

    A square metre costs less with every kilometre from the centre, and that share is lost of *every* metre: size and
    distance multiply. Old houses and new ones are sought after, those from in between are not. 5 % is left to chance.
    """
    rng = np.random.default_rng(1)
    size = np.round(rng.gamma(7.0, 11.0, rows).clip(20, 220))
    rooms = np.round((size / 26 + rng.normal(0, 0.6, rows)).clip(1, 7))
    distance = np.round(rng.gamma(2.2, 2.2, rows).clip(0.2, 20), 1)
    age = np.round(rng.uniform(0, 120, rows))
    floor = rng.integers(0, 7, rows)
    balcony = (rng.random(rows) < 0.55).astype(int)
    metre = 7.0 * np.exp(-distance / 7.0) + 1.2
    taste = 0.8 + 0.4 * ((age - 60) / 60) ** 2
    price = size * metre * taste * (1 + 0.015 * floor + 0.05 * balcony) * np.exp(rng.normal(0, 0.05, rows))
    return {
        "size (m²)": size, "rooms": rooms, "distance to the centre (km)": distance, "age (years)": age,
        "floor": floor, "balcony": balcony, "price (thousand €)": np.round(price),
    }  # fmt: skip


def faults(rows: int = 1000) -> dict[str, np.ndarray]:
    """When a machine fails: rarely, and mostly where it is hot and shakes at once."""
    rng = np.random.default_rng(2)
    temperature = np.round(rng.normal(62, 9, rows), 1)
    vibration = np.round(rng.gamma(4.0, 0.6, rows), 2)
    load = np.round(rng.uniform(10, 100, rows))
    service = np.round(rng.uniform(0, 500, rows))
    strain = (temperature - 62) / 9 + (vibration - 2.4) / 1.2 + 0.002 * (service - 250)
    fault = strain + rng.normal(0, 0.35, rows) > np.quantile(strain, 0.95)
    return {
        "temperature (°C)": temperature, "vibration (mm/s)": vibration, "load (%)": load,
        "hours since service": service, "state": np.where(fault, "fault", "fine"),
    }  # fmt: skip


def write(name: str, columns: dict[str, np.ndarray]) -> None:
    """One CSV file; numbers as short as they can be."""
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(value if isinstance(value, str) else f"{value:g}" for value in row) for row in rows]
    (HERE / name).write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write("flats.csv", flats())
    write("faults.csv", faults())
