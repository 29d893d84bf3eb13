"""Hostile tables: what a person's "CSV file" may really be. Each case: a name, the bytes, and words of the answer."""

from __future__ import annotations

import gzip
import pickle
import random
from collections.abc import Iterator
from typing import NamedTuple

ROWS = b"1,2\n3,4\n5,6\n7,8\n"
"""Enough of a table, for what is wrong with its names."""


class File(NamedTuple):
    """One hostile file. `told`: words of the message, in this order; none where it is a table that can be used."""

    name: str
    content: bytes
    told: tuple[str, ...] = ()


def _encodings() -> Iterator[File]:
    text = "a,b\n" + ROWS.decode()
    zeros, pages = ("zero bytes", "not plain text"), ("is empty",)
    yield File("nothing", b"", pages)
    yield File("blank lines", b"   \n\n\n", pages)
    yield File("only a byte order mark", b"\xef\xbb\xbf", pages)
    yield File("a byte order mark", b"\xef\xbb\xbf" + text.encode())
    yield File("UTF-16", text.encode("utf-16"))
    yield File("UTF-16 cut in a letter", text.encode("utf-16")[:-1], ("utf-16", "save it again"))
    yield File("UTF-16 without a mark", text.encode("utf-16-be"), zeros)
    yield File("UTF-32", text.encode("utf-32"))
    yield File("Latin-1", "größe,länge\n".encode("latin-1") + ROWS)
    yield File("broken UTF-8", b"a,b\n\xff\xfe,2\n\xc3\x28,4\n5,6\n")
    yield File("zero bytes in cells", b"a,b\n1,2\x00\n3\x00,4\n", zeros)
    yield File("only zero bytes", bytes(100_000), zeros)
    yield File("noise", b"\x00" + random.Random(0).randbytes(50_000), zeros)
    yield File("a picture", b"\x89PNG\r\n\x1a\n" + bytes(1000), ("picture", "not a csv file"))
    yield File("a workbook", b"PK\x03\x04" + random.Random(1).randbytes(3000), ("excel", "not a csv file"))
    yield File("a compressed table", gzip.compress(text.encode() * 1000), ("gzip", "not a csv file"))
    yield File("a pickle", pickle.dumps({"a": 1}), zeros)
    yield File("a page", b"<!doctype html><script>alert(1)</script><table><tr><td>1</td></tr></table>", ("one column",))
    yield File("JSON", b'[{"a":1,"b":2},{"a":3,"b":4}]', ("quotation marks",))


def _sizes() -> Iterator[File]:
    yield File("one cell", b"a", ("only one column",))
    yield File("only a header", b"a,b,c\n", ("0 rows",))
    yield File("one row", b"a,b,c\n1,2,3\n", ("1 row",))
    yield File("two rows", b"a,b\n1,2\n3,4\n")
    yield File("one column", b"a\n1\n2\n3\n4\n", ("only one column",))
    yield File("one class", b"a,b\n1,x\n2,x\n3,x\n4,x\n", ("same value in every row",))
    yield File("no cell filled", b"a,b\n,\n,\n,\n,\n", ("0 rows",))
    yield File("a million columns", b"," * 1_000_000 + b"\n" + b"," * 1_000_000, ("column",))
    many = b",".join(b"c%d" % index for index in range(300_000))
    yield File("300,000 columns", many + b"\n" + b"1," * 299_999 + b"1", ("300,000 columns", "at most 500"))
    over = b"\n".join(b",".join(b"%d" % (row * (place % 4 + 3) % 7) for place in range(502)) for row in range(1, 9))
    names = b",".join(b"c%d" % index for index in range(502))
    yield File("502 columns", names + b"\n" + over, ("502 columns", "at most 500"))
    yield File("100,000 rows", b"a,b\n" + b"1,2\n" * 100_000, ("more than 50,000 rows",))
    yield File("a name of 4.9 MB", b"a" * 4_900_000 + b",b\n" + ROWS, ("column",))
    yield File("a cell of 4.9 MB", b"a,b\n" + b"x" * 4_900_000 + b",1\nq,2\nr,3\n", ("near line 2",))
    yield File("4.9 MB of quotation marks", b"a,b\n" + b'"' * 4_900_000, ("quotation mark",))
    yield File("ragged", b"a,b,c\n1,2\n3,4,5,6\n7\n8,9,10\n", ("line 2", "2 cells", "3"))
    yield File("ragged far down", b"a,b\n" + b"1,2\n" * 40_000 + b"1,2,3\n", ("40002",))
    yield File("a quotation mark left open", b'a,b\n"1,2\n3,4\n5,6\n', ("quotation marks",))
    yield File("every value different", b"a,b\n" + b"".join(b"x%d,y%d\n" % (n, n) for n in range(3000)), ("predicted",))
    yield File(
        "one input, one hundred classes", b"a,b\n" + b"".join(b"%d,c%d\n" % (n * n % 97, n % 100) for n in range(3000))
    )


def _numbers() -> Iterator[File]:
    yield File("not numbers", b"a,b\nnan,1\ninf,2\n-inf,3\n1e999,4\n1e308,5\n-1e308,6\n", ("rows left",))
    yield File("beyond float32", b"a,b\n1e308,1\n-1e308,2\n1e308,3\n1e-320,4\n", ("learned from",))
    yield File("five thousand digits", b"a,b\n" + b"9" * 5000 + b",1\n2,2\n3,3\n4,4\n")
    yield File("constants", b"a,b\n5,1\n5,2\n5,1\n5,2\n", ("same value in every row",))
    yield File("only dates", b"when,b\n2020-01-01,1\n2020-01-02,2\n2020-01-03,1\n", ("dates",))
    yield File("formulas", b"=cmd|' /C calc'!A0,b\n=1+1,2\n@SUM(A1),3\n+1,4\n-1,5\n")
    yield File("underscores and hex", b"a,b\n1_000,1\n0x10,2\n0b1,3\n1__0,4\n")


def _names() -> Iterator[File]:
    yield File("line ends in names", b'"a\nb","c\r\nd"\n' + ROWS)
    yield File("one name three times", b"a,a,a\n1,2,3\n4,5,6\n7,8,9\n1,2,4\n")
    yield File("no names", b",,\n1,2,3\n4,5,6\n7,8,9\n1,2,4\n")
    yield File("names that turn the line around", "\u202ename\u202c,b\u200f\n1,\u202ex\n2,y\n3,\u202ex\n4,y\n".encode())
    yield File("names of nothing to see", "\u200b,\u200b\u200b\n".encode() + ROWS)
    yield File("names of one sign and a thousand accents", ("a" + "\u0301" * 1000 + ",b\n").encode() + ROWS)
    yield File(
        "names of scripts", b"<script>alert(1)</script>,<img src=x onerror=alert(2)>\n1,<b>x\n2,y\n3,<b>x\n4,y\n"
    )
    yield File("names of Markdown", b"[a](javascript:alert(1)),$x^2$ :red[b]\n1,`x`\n2,**y**\n3,`x`\n4,**y**\n")
    yield File("names of objects", b"__proto__,constructor\n" + ROWS)
    yield File("names of files", b"../../etc/passwd,C:\\con\n" + ROWS)
    yield File("names of templates", b"{{7*7}},${7*7}\n" + ROWS)


TABLES = (*_encodings(), *_sizes(), *_numbers(), *_names())

FILE_NAMES = {
    "10 MB": "n" * 10_000_000 + ".csv",
    "a path": "../../../../etc/cron.d/x.csv",
    "another path": "C:\\Windows\\system32\\x.csv",
    "a script": "<script>alert(1)</script>.csv",
    "turned around": "table\u202evsc.exe",
    "nothing": "",
    "line ends": "a\r\nX-Injected: yes\r\n.csv",
    "a null byte": "a\0b.csv",
    "a formula": "=1+1.csv",
}
"""What an uploaded file may be called."""
