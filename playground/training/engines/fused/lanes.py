"""Sixteen float32 numbers that are worked on at once, as a type of the compiled code.

A `Lanes` value is LLVM's `<16 x float>`: one register on a processor with AVX-512, two with AVX2, four with SSE or
NEON, and LLVM writes whichever there is. So nothing hangs on whether a compiler recognises a loop, and what a loop adds
up stays in registers. An array is where its first number lies (`start`), which is one word to hand from function to
function and is never checked or counted; its elements are read and written as those of any array.

    a + b, a - b, a * b, a / b, -a      lane by lane
    load(array, i), store(array, i, a)  array[i : i + 16]
    store_first(array, i, a, n)         array[i : i + n], n from 0 to 16
    put(array, i, a, end)               array[i : i + 16] = a, but nothing from `end` on
    spread(array, i), fill(x)           one number in all lanes
    fma(a, b, c)                        a * b + c, rounded once where the processor can
    below(n)                            1 in the first n lanes, 0 in the others
    total(a)                            the sum of all lanes
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core.datamodel import models
from numba.core.typeconv import Conversion
from numba.extending import intrinsic, lower_cast, overload, register_model

WIDTH = 16

FLOAT = ir.FloatType()
INT = ir.IntType(32)
VECTOR = ir.VectorType(FLOAT, WIDTH)
INTEGERS = ir.VectorType(INT, WIDTH)
DOUBLES = ir.VectorType(ir.DoubleType(), WIDTH)


class LanesType(types.Type):
    """numba's name for a `<16 x float>`. Where one is wanted a number will do: it is then in all lanes."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")

    def can_convert_from(self, typing: Any, other: types.Type) -> Conversion | None:
        return Conversion.unsafe if isinstance(other, types.Float) else None


LANES = LanesType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: LanesType) -> None:
        super().__init__(manager, kind, VECTOR)


@lower_cast(types.Float, LanesType)
def _spread_number(context: Any, builder: ir.IRBuilder, given: Any, wanted: LanesType, number: ir.Value) -> ir.Value:
    return spread_value(builder, context.cast(builder, number, given, types.float32))


def constant(number: float) -> ir.Constant:
    """`number` in all lanes."""
    return ir.Constant(VECTOR, [number] * WIDTH)


def integers(number: int) -> ir.Constant:
    """The 32-bit `number` in all lanes."""
    return ir.Constant(INTEGERS, [number] * WIDTH)


def called(builder: ir.IRBuilder, name: str, result: ir.Type, *arguments: ir.Value) -> ir.Value:
    """A call of LLVM's own function `name`."""
    function = builder.module.declare_intrinsic(name, fnty=ir.FunctionType(result, [a.type for a in arguments]))
    return builder.call(function, arguments)


def multiply_add(builder: ir.IRBuilder, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
    """a * b + c."""
    return called(builder, "llvm.fmuladd.v16f32", VECTOR, a, b, c)


def spread_value(builder: ir.IRBuilder, number: ir.Value) -> ir.Value:
    """A float32 in all lanes."""
    one = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), number, ir.Constant(INT, 0))
    return builder.shuffle_vector(one, ir.Constant(VECTOR, ir.Undefined), integers(0))


def fits(*kinds: types.Type) -> bool:
    """Whether these can be arguments of a function of Lanes."""
    return all(kind == LANES or isinstance(kind, types.Float) for kind in kinds)


def lanewise(count: int, write: Callable[..., ir.Value]) -> Any:
    """The function of `count` Lanes (one to four) that `write(builder, *values)` writes."""

    def build(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        return write(builder, *arguments)

    def one(typing, a):
        return (LANES(LANES), build) if fits(a) else None

    def two(typing, a, b):
        return (LANES(LANES, LANES), build) if fits(a, b) else None

    def three(typing, a, b, c):
        return (LANES(LANES, LANES, LANES), build) if fits(a, b, c) else None

    def four(typing, a, b, c, d):
        return (LANES(LANES, LANES, LANES, LANES), build) if fits(a, b, c, d) else None

    return intrinsic((one, two, three, four)[count - 1])


_add = lanewise(2, lambda b, x, y: b.fadd(x, y))
_subtract = lanewise(2, lambda b, x, y: b.fsub(x, y))
_multiply = lanewise(2, lambda b, x, y: b.fmul(x, y))
_divide = lanewise(2, lambda b, x, y: b.fdiv(x, y))
_negate = lanewise(1, lambda b, x: b.fneg(x))


def _operator(function: Any, implementation: Any) -> None:
    @overload(function)
    def binary(a, b):
        return (lambda a, b: implementation(a, b)) if LANES in (a, b) and fits(a, b) else None


_operator(operator.add, _add)
_operator(operator.sub, _subtract)
_operator(operator.mul, _multiply)
_operator(operator.truediv, _divide)


@overload(operator.neg)
def _negative(a):
    return (lambda a: _negate(a)) if a == LANES else None


fma = lanewise(3, multiply_add)
root = lanewise(1, lambda b, x: called(b, "llvm.sqrt.v16f32", VECTOR, x))
size = lanewise(1, lambda b, x: called(b, "llvm.fabs.v16f32", VECTOR, x))
with_sign = lanewise(2, lambda b, x, y: called(b, "llvm.copysign.v16f32", VECTOR, x, y))
# Where a comparison with NaN is made, the last argument is taken.
where_less = lanewise(4, lambda b, x, y, yes, no: b.select(b.fcmp_ordered("<", x, y), yes, no))
where_most = lanewise(4, lambda b, x, y, yes, no: b.select(b.fcmp_ordered("<=", x, y), yes, no))


FLOATS = types.CPointer(types.float32)


@intrinsic
def start(typing, array):
    """Where the first number of a contiguous array lies."""

    def build(context, builder, signature, arguments):
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), build


@intrinsic
def beyond(typing, array, count):
    """The array from its element `count` on."""

    def build(context, builder, signature, arguments):
        return builder.gep(arguments[0], [arguments[1]])

    return array(array, types.intp), build


def _vector_at(builder: ir.IRBuilder, array: ir.Value, index: ir.Value) -> ir.Value:
    return builder.bitcast(builder.gep(array, [index]), VECTOR.as_pointer())


@intrinsic
def load(typing, array, index):
    """array[index : index + 16]."""

    def build(context, builder, signature, arguments):
        found = builder.load(_vector_at(builder, *arguments))
        found.align = 4
        return found

    return LANES(FLOATS, types.intp), build


@intrinsic
def store(typing, array, index, value):
    """array[index : index + 16] = value."""

    def build(context, builder, signature, arguments):
        builder.store(arguments[2], _vector_at(builder, *arguments[:2])).align = 4
        return context.get_dummy_value()

    return types.void(FLOATS, types.intp, LANES), build


def _below(builder: ir.IRBuilder, count: ir.Value) -> ir.Value:
    """Which lanes are the first `count`."""
    number = builder.trunc(count, INT)
    many = builder.shuffle_vector(
        builder.insert_element(ir.Constant(INTEGERS, ir.Undefined), number, ir.Constant(INT, 0)),
        ir.Constant(INTEGERS, ir.Undefined),
        integers(0),
    )
    return builder.icmp_signed("<", ir.Constant(INTEGERS, list(range(WIDTH))), many)


@intrinsic
def store_first(typing, array, index, value, count):
    """array[index : index + count] = the first lanes."""

    def build(context, builder, signature, arguments):
        array, index, value, count = arguments
        place, mask = _vector_at(builder, array, index), _below(builder, count)
        called(builder, "llvm.masked.store.v16f32.p0", ir.VoidType(), value, place, ir.Constant(INT, 4), mask)
        return context.get_dummy_value()

    return types.void(FLOATS, types.intp, LANES, types.intp), build


@njit(forceinline=True)
def put(array, index, value, end):
    """array[index : index + 16] = value, but nothing from `end` on."""
    if end - index >= WIDTH:
        store(array, index, value)
    else:
        store_first(array, index, value, end - index)


@intrinsic
def below(typing, count):
    """1 in the first `count` lanes, 0 in the others."""

    def build(context, builder, signature, arguments):
        return builder.select(_below(builder, arguments[0]), constant(1.0), constant(0.0))

    return LANES(types.intp), build


@intrinsic
def spread(typing, array, index):
    """array[index] in all lanes."""

    def build(context, builder, signature, arguments):
        return spread_value(builder, builder.load(builder.gep(arguments[0], [arguments[1]])))

    return LANES(FLOATS, types.intp), build


@intrinsic
def fill(typing, number):
    """A number in all lanes."""

    def build(context, builder, signature, arguments):
        return arguments[0]  # the cast has done it

    return (LANES(LANES), build) if fits(number) else None


@intrinsic
def total(typing, value):
    """The sum of all lanes, added in pairs."""

    def build(context, builder, signature, arguments):
        found, width = arguments[0], WIDTH
        while width > 1:
            width //= 2
            first = ir.Constant(ir.VectorType(INT, width), list(range(width)))
            second = ir.Constant(ir.VectorType(INT, width), list(range(width, 2 * width)))
            found = builder.fadd(
                builder.shuffle_vector(found, found, first), builder.shuffle_vector(found, found, second)
            )
        return builder.extract_element(found, ir.Constant(INT, 0))

    return types.float32(LANES), build


@intrinsic
def turn(typing, source, index, stride, target, place, step):
    """Transposes a square: target[place + step * k + j] = source[index + stride * j + k], j and k from 0 to 15."""

    def build(context, builder, signature, arguments):
        given, index, stride, wanted, place, step = arguments
        rows = []
        for _ in range(WIDTH):
            rows.append(builder.load(_vector_at(builder, given, index)))
            rows[-1].align = 4
            index = builder.add(index, stride)
        for row in _turned(builder, rows):
            builder.store(row, _vector_at(builder, wanted, place)).align = 4
            place = builder.add(place, step)
        return context.get_dummy_value()

    number = types.intp
    return types.void(FLOATS, number, number, FLOATS, number, number), build


def _turned(builder: ir.IRBuilder, rows: list[ir.Value]) -> list[ir.Value]:
    """Sixteen rows as sixteen columns, by exchanging ever larger blocks between pairs of rows."""
    for block in (1, 2, 4, 8):
        low = [k if not k & block else (k ^ block) + WIDTH for k in range(WIDTH)]
        high = [(k ^ block) if not k & block else k + WIDTH for k in range(WIDTH)]
        masks = [ir.Constant(INTEGERS, order) for order in (low, high)]
        after = list(rows)
        for k in range(WIDTH):
            if not k & block:
                after[k], after[k ^ block] = (builder.shuffle_vector(rows[k], rows[k ^ block], mask) for mask in masks)
        rows = after
    return rows
