"""A person's CSV file, bytes to rows of text: encoding, delimiter and header are found out.

Nothing here trusts the file. Size, rows and columns are bounded by the settings, and whatever is wrong raises
TableError with words that help. What the columns hold is the business of `columns`.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from playground.data.errors import TableError
from playground.data.names import clean, unique
from playground.data.values import is_missing, is_number
from playground.settings import Settings
from playground.settings import settings as default_settings

DELIMITERS = {"\t": "tab", ";": "semicolon", "|": "vertical bar", ",": "comma"}
"""In order of trust: where several split every line alike, a comma is more often part of a number or text."""

LEAST_ROWS = 2
SNIFF_ROWS = 200
SNIFF_CHARACTERS = 200_000

_MARKS = (  # longest first: UTF-32's mark begins like UTF-16's
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_OTHER_FORMATS = (
    (b"PK\x03\x04", "an Excel workbook or zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Grid:
    """A file as text: unique column names and rows of as many cells each. delimiter: one of DELIMITERS."""

    names: tuple[str, ...]
    rows: list[list[str]]
    header: bool
    delimiter: str
    encoding: str


def read(data: bytes, *, header: bool | None = None, settings: Settings | None = None) -> Grid:
    """Read a CSV file. header: whether the first line names the columns; None finds out.

    Raises TableError for what is no table, or one beyond `settings.csv_bytes`, `csv_rows`, `csv_columns`.
    """
    settings = settings or default_settings
    if len(data) > settings.csv_bytes:
        raise TableError(
            f"The file has {_megabytes(len(data))}; at most {_megabytes(settings.csv_bytes)} are read here. "
            "Keep fewer rows or columns."
        )
    text, encoding = decode(data)
    text, delimiter = _declared_delimiter(text)
    delimiter = delimiter or find_delimiter(text)
    lines = _lines(text, delimiter, settings)
    rows = _rectangle(lines, delimiter)
    if header is None:
        header = has_header(rows)
    top = rows.pop(0) if header else [""] * len(rows[0])
    if len(rows) < LEAST_ROWS:
        raise TableError(f"The table has {_count(len(rows), 'row')} of data; at least {LEAST_ROWS} are needed.")
    names = unique(clean(cell) or f"column {number}" for number, cell in enumerate(top, start=1))
    return Grid(names, rows, header, delimiter, encoding)


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file and the encoding it was in.

    A byte order mark decides; without one UTF-8, and where that fails Windows' Western European (and Latin-1
    for the few bytes it leaves undefined). Raises TableError for an empty file or one that is no text.
    """
    for start, what in _OTHER_FORMATS:
        if data.startswith(start):
            raise TableError(f"This is {what}, not a CSV file. Open it and save or export it as CSV (UTF-8).")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        if b"\x00" in data:
            raise TableError("The file holds zero bytes, so it is not plain text. Save it as CSV (UTF-8).")
        encoding = next(name for name in ("utf-8", "cp1252", "latin-1") if _decodes(data, name))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise TableError(
            f"The file begins like {encoding.removesuffix('-sig').upper()} text, but parts of it are not. "
            "Save it again as CSV (UTF-8)."
        ) from None
    if not text.strip():
        raise TableError("The file is empty.")
    if _CONTROL.search(text):
        raise TableError("The file holds control characters, so it is not plain text. Save it as CSV (UTF-8).")
    return text, encoding.removesuffix("-sig")


def find_delimiter(text: str) -> str:
    """The delimiter that splits the first rows most alike, into two cells or more.

    Raises TableError when none does: a table of one column has nothing to learn from.
    """
    sample = text[:SNIFF_CHARACTERS]
    best, best_share = None, 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in _some_rows(sample, delimiter)]
        if not widths:
            continue
        width, frequency = Counter(widths).most_common(1)[0]
        share = frequency / len(widths)
        if width > 1 and share > best_share:
            best, best_share = delimiter, share
    if best is None:
        raise TableError(
            "Only one column was found. A table needs at least two, separated by commas, semicolons, tabs or "
            "vertical bars: one to predict and one to predict it from."
        )
    return best


def has_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns.

    It does not when it holds a number. It does when a column of numbers lies under its words. Where all is
    text it does, unless one of its words comes again further down in the same column.
    """
    first, rest = rows[0], rows[1 : SNIFF_ROWS + 1]
    if any(is_number(cell) for cell in first):
        return False
    columns = [[row[index] for row in rest if not is_missing(row[index])] for index in range(len(first))]
    if any(cells and all(is_number(cell) for cell in cells) for cells in columns):
        return True
    return not any(
        not is_missing(cell) and cell.strip() in {other.strip() for other in cells}
        for cell, cells in zip(first, columns, strict=True)
    )


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _declared_delimiter(text: str) -> tuple[str, str | None]:
    """Excel's own first line, `sep=;`, taken off."""
    line, _, rest = text.partition("\n")
    match = re.fullmatch(r'"?sep=([,;|\t])"?\s*', line, flags=re.IGNORECASE)
    return (rest, match[1]) if match else (text, None)


def _some_rows(sample: str, delimiter: str) -> Iterator[list[str]]:
    """Up to SNIFF_ROWS rows that hold anything; the last may be cut, as the sample is."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
    found = 0
    try:
        for row in reader:
            if _holds_something(row):
                yield row
                found += 1
            if found == SNIFF_ROWS:
                return
    except csv.Error:
        return  # the full reading says what is wrong


def _lines(text: str, delimiter: str, settings: Settings) -> list[tuple[int, list[str]]]:
    """All rows that hold anything, each with the number of the line it ends on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    lines = []
    try:
        for row in reader:
            if not _holds_something(row):
                continue
            if len(row) > settings.csv_columns + 1:  # one more for a delimiter at the end of the line
                raise TableError(
                    f"Line {reader.line_num} has {len(row):,} columns; at most {settings.csv_columns:,} are read here."
                )
            lines.append((reader.line_num, row))
            if len(lines) > settings.csv_rows + 1:  # one more for the header
                raise TableError(f"The table has more than {settings.csv_rows:,} rows. Keep fewer.")
    except csv.Error as error:
        raise TableError(_quoting_problem(str(error), reader.line_num)) from None
    if not lines:
        raise TableError("The file is empty.")
    return lines


def _quoting_problem(error: str, line: int) -> str:
    if "field larger" in error:
        return f"A cell that ends near line {line} is longer than a whole page: a quotation mark may be missing."
    return (
        f"Near line {line} the quotation marks do not match: one is missing, or one stands inside a cell "
        'without being doubled ("").'
    )


def _rectangle(lines: list[tuple[int, list[str]]], delimiter: str) -> list[list[str]]:
    """The rows, all as wide as the first. A delimiter that ends every other row is not a column."""
    width = len(lines[0][1])
    rows = []
    for number, row in lines:
        if len(row) == width + 1 and not row[-1].strip():
            row = row[:-1]
        if len(row) != width:
            raise TableError(
                f"Line {number} has {_count(len(row), 'cell')}, but the first line has {width}. Every line needs "
                f"the same number; a cell that holds a {DELIMITERS[delimiter]} must stand in quotation marks."
            )
        rows.append(row)
    return rows


def _holds_something(row: list[str]) -> bool:
    return any(cell.strip() for cell in row)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _megabytes(count: int) -> str:
    return f"{count / 1024**2:.1f} MB" if count >= 1024**2 else f"{count:,} bytes"
