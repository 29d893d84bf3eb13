"""What one cell of a table says: nothing, a number, yes or no, a date, or text."""

import re

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", "?", "-", "--", "."})
"""Cells that mean "no value", in any case."""

LARGEST = 1e150
"""Larger values count as missing: their squares would not fit a float64."""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_COMMA_NUMBER = re.compile(r"[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]{1,4})?")
_GROUPED_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)

_TIME = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?[AaPp][Mm])?"
_DAY = r"([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4})"
_DATE = re.compile(rf"{_DAY}([T ]{_TIME}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?|{_TIME}")

YES = frozenset({"true", "yes", "t", "y"})
NO = frozenset({"false", "no", "f", "n"})


def is_missing(cell: str) -> bool:
    """Whether the cell means "no value". Infinity is none either."""
    cell = cell.strip()
    return cell.lower() in MISSING or _INFINITE.fullmatch(cell) is not None


def is_number(cell: str) -> bool:
    """Whether the cell is a number, with a decimal point or a decimal comma."""
    cell = cell.strip()
    return (_NUMBER.fullmatch(cell) or _COMMA_NUMBER.fullmatch(cell)) is not None


def is_date(cell: str) -> bool:
    """Whether the cell looks like a day, a time of day, or both."""
    return _DATE.fullmatch(cell.strip()) is not None


def numbers(cells: list[str], *, comma_separated: bool) -> list[float | None]:
    """The distinct cells of one column as numbers; None where a cell is none.

    Commas are read as what fits the whole column: as groups of thousands in a file that commas separate
    (where such a cell was quoted), and as decimal commas otherwise. Values beyond LARGEST are NaN: missing.
    """
    with_commas = [cell for cell in cells if "," in cell]
    grouped = comma_separated and all(_GROUPED_NUMBER.fullmatch(cell) for cell in with_commas)
    return [_number(cell, grouped) for cell in cells]


def _number(cell: str, grouped: bool) -> float | None:
    if "," in cell:
        pattern, plain = (_GROUPED_NUMBER, "") if grouped else (_COMMA_NUMBER, ".")
        if not pattern.fullmatch(cell):
            return None
        cell = cell.replace(",", plain)
    elif not _NUMBER.fullmatch(cell):
        return None
    value = float(cell)
    return value if abs(value) <= LARGEST else float("nan")
