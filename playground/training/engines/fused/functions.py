"""Functions of sixteen numbers at once, each within a few units in the last place of the true one.

Where a result is tiny it is still right to that many digits, as PyTorch's own are: gradients are made of such numbers.
NaN comes out as NaN. Sources: `tanh` and `erf` are the rational approximations of Eigen (MathFunctionsImpl.h), `exp`
and `log` are those of Cephes (Moshier), `expm1` and `log1p` follow from them as Kahan and Higham show ("Accuracy and
Stability of Numerical Algorithms", section 1.14).
"""

from __future__ import annotations

import math

from llvmlite import ir

from playground.training.engines.fused.compiling import inner
from playground.training.engines.fused.lanes import (
    DOUBLES,
    INTEGERS,
    VECTOR,
    called,
    fma,
    integers,
    lanewise,
    size,
    where_less,
)

# Added to a number below 2**22 this leaves its nearest whole number in the lowest bits.
_ROUNDER = 12582912.0
_ROUNDER_BITS = 0x4B400000


def _times_power(builder: ir.IRBuilder, value: ir.Value, rounded: ir.Value) -> ir.Value:
    """value * 2**n for n = rounded - _ROUNDER; in two factors, so that n may be from -252 to 254."""
    n = builder.sub(builder.bitcast(rounded, INTEGERS), integers(_ROUNDER_BITS))
    half = builder.ashr(n, integers(1))
    for part in (half, builder.sub(n, half)):
        power = builder.shl(builder.add(part, integers(127)), integers(23))
        value = builder.fmul(value, builder.bitcast(power, VECTOR))
    return value


times_power = lanewise(2, _times_power)
exponent = lanewise(
    1,  # e of x = m * 2**e with m in [sqrt(1/2), sqrt(2)); x is a normal number
    lambda b, x: b.sitofp(b.ashr(b.sub(b.bitcast(x, INTEGERS), integers(0x3F3504F3)), integers(23)), VECTOR),
)
mantissa = lanewise(
    1,  # m of the same
    lambda b, x: b.bitcast(
        b.add(b.and_(b.sub(b.bitcast(x, INTEGERS), integers(0x3F3504F3)), integers(0x007FFFFF)), integers(0x3F3504F3)),
        VECTOR,
    ),
)


@inner
def clamp(x, low, high):
    """x, but at least `low` and at most `high`."""
    return where_less(x, low, low, where_less(high, x, high, x))


@inner
def exp(x):
    """e**x: 0 below -104, infinity above 88.7."""
    x = clamp(x, -110.0, 110.0)
    rounded = fma(x, 1.44269504088896341, _ROUNDER)
    n = rounded - _ROUNDER
    r = fma(n, -0.693359375, x)
    r = fma(n, 2.12194440e-4, r)
    p = fma(1.9875691500e-4, r, 1.3981999507e-3)
    p = fma(p, r, 8.3334519073e-3)
    p = fma(p, r, 4.1665795894e-2)
    p = fma(p, r, 1.6666665459e-1)
    p = fma(p, r, 5.0000001201e-1)
    return times_power(fma(p, r * r, r) + 1.0, rounded)


@inner
def log(x):
    """ln x of a normal, positive number."""
    e = exponent(x)
    m = mantissa(x) - 1.0
    z = m * m
    p = fma(7.0376836292e-2, m, -1.1514610310e-1)
    p = fma(p, m, 1.1676998740e-1)
    p = fma(p, m, -1.2420140846e-1)
    p = fma(p, m, 1.4249322787e-1)
    p = fma(p, m, -1.6668057665e-1)
    p = fma(p, m, 2.0000714765e-1)
    p = fma(p, m, -2.4999993993e-1)
    p = fma(p, m, 3.3333331174e-1)
    y = fma(e, -2.12194440e-4, p * m * z)
    y = fma(z, -0.5, y)
    return fma(e, 0.693359375, m + y)


@inner
def log1p(x):
    """ln(1 + x) for x from 0 to 1."""
    w = 1.0 + x
    return where_less(1.0, w, log(w) * (x / (w - 1.0)), x)


@inner
def tanh(x):
    """The hyperbolic tangent."""
    a = clamp(x, -7.99881172180175781, 7.99881172180175781)
    z = a * a
    p = fma(-2.76076847742355e-16, z, 2.00018790482477e-13)
    p = fma(p, z, -8.60467152213735e-11)
    p = fma(p, z, 5.12229709037114e-08)
    p = fma(p, z, 1.48572235717979e-05)
    p = fma(p, z, 6.37261928875436e-04)
    p = fma(p, z, 4.89352455891786e-03)
    q = fma(1.19825839466702e-06, z, 1.18534705686654e-04)
    q = fma(q, z, 2.26843463243900e-03)
    q = fma(q, z, 4.89352518554385e-03)
    return where_less(size(x), 4e-4, x, a * p / q)


@inner
def expm1(x):
    """e**x - 1 for x of at most 0."""
    t = tanh(0.5 * x)
    return 2.0 * t / (1.0 - t)


@inner
def sigmoid(x):
    """1 / (1 + e**-x)."""
    return 1.0 / (1.0 + exp(-x))


@inner
def softplus(x):
    """ln(1 + e**x)."""
    return where_less(x, 0.0, 0.0, x) + log1p(exp(-size(x)))


@inner
def erf(x):
    """The error function."""
    a = clamp(x, -3.925724783138660, 3.925724783138660)
    z = a * a
    p = fma(0.00022905065861350646, z, 0.0034082910107109506)
    p = fma(p, z, 0.050955695062380861)
    p = fma(p, z, 0.18520832239976145)
    p = fma(p, z, 1.128379143519084)
    q = fma(-1.1791602954361697e-7, z, 0.000023547966471313185)
    q = fma(q, z, 0.0010179625278914885)
    q = fma(q, z, 0.014070470171167667)
    q = fma(q, z, 0.11098505178285362)
    q = fma(q, z, 0.49746925110067538)
    return a * p / fma(q, z, 1.0)


def _quarters(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """The whole number nearest to x / (pi / 2), as a double."""
    quarter = ir.Constant(DOUBLES, [2.0 / math.pi] * 16)
    return called(builder, "llvm.rint.v16f64", DOUBLES, builder.fmul(builder.fpext(x, DOUBLES), quarter))


def _rest(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    quarter = ir.Constant(DOUBLES, [math.pi / 2.0] * 16)
    whole = builder.fmul(_quarters(builder, x), quarter)
    return builder.fptrunc(builder.fsub(builder.fpext(x, DOUBLES), whole), VECTOR)


def _quadrant(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    n = _quarters(builder, x)
    four = ir.Constant(DOUBLES, [4.0] * 16)
    share = builder.fmul(n, ir.Constant(DOUBLES, [0.25] * 16))
    turns = called(builder, "llvm.floor.v16f64", DOUBLES, share)
    return builder.fptrunc(builder.fsub(n, builder.fmul(turns, four)), VECTOR)


# x less the nearest multiple n of pi / 2, found in double precision: right for |x| up to 1e8. And n mod 4.
rest = lanewise(1, _rest)
quadrant = lanewise(1, _quadrant)


@inner
def _sine_near(r):
    z = r * r
    p = fma(fma(-1.9515295891e-4, z, 8.3321608736e-3), z, -1.6666654611e-1)
    return fma(p * z, r, r)


@inner
def _cosine_near(r):
    z = r * r
    p = fma(fma(2.443315711809948e-5, z, -1.388731625493765e-3), z, 4.166664568298827e-2)
    return fma(z * z, p, fma(z, -0.5, 1.0))


@inner
def sin(x):
    """The sine; x in radians, up to 1e8."""
    r, n = rest(x), quadrant(x)
    s, c = _sine_near(r), _cosine_near(r)
    return where_less(n, 0.5, s, where_less(n, 1.5, c, where_less(n, 2.5, -s, -c)))


@inner
def cos(x):
    """The cosine; x in radians, up to 1e8."""
    r, n = rest(x), quadrant(x)
    s, c = _sine_near(r), _cosine_near(r)
    return where_less(n, 0.5, c, where_less(n, 1.5, -s, where_less(n, 2.5, -c, s)))
