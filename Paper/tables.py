"""Section 3.10 for the second verifier: the values of tables of real functions, by mpmath."""

import re

import mpmath
from mpmath import mp

PRECISIONS = [128, 256, 512, 1024, 2048]  # binary digits
LEVELS, PARTS = 64, 1 << 10


class NoFormula(Exception):
    pass


class Undecided(Exception):
    """More digits may tell."""


class Undefined(Exception):
    """The function leaves the domain of one of its parts."""


# The notation. A formula is ("x",), ("integer", n), ("-", a), (operator, a, b), ("select", a, b, c, d)
# or (function, a, ...).

UNARY = (
    "exp expm1 log log1p sqrt cbrt erf sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
    "abs sign floor ceil trunc roundeven limit").split()
LEVEL = {"+": 4, "-": 4, "*": 5, "/": 5, "^": 7}


class Parser:
    def __init__(self, text):
        self.tokens = re.findall(r"[0-9]+|[a-z][a-z0-9]*|[-+*/^(),<]|\S", text) + [""]
        self.at = self.depth = self.parts = 0

    def take(self, token):
        if self.tokens[self.at] != token:
            raise NoFormula
        self.at += 1

    def list(self):
        self.take("(")
        parts = [self.formula()]
        while self.tokens[self.at] == ",":
            self.at += 1
            parts.append(self.formula())
        self.take(")")
        return parts

    def formula(self, least=0):
        self.depth += 1
        if self.depth > LEVELS:
            raise NoFormula
        left = self.unary()
        while LEVEL.get(self.tokens[self.at], -1) >= least:
            operator = self.tokens[self.at]
            self.at += 1
            self.count()
            left = operator, left, self.formula(LEVEL[operator] + (operator != "^"))
        self.depth -= 1
        return left

    def count(self):
        self.parts += 1
        if self.parts > PARTS:
            raise NoFormula

    def unary(self):
        self.count()
        token = self.tokens[self.at]
        if token == "(":
            self.at += 1
            inner = self.formula()
            self.take(")")
            return inner
        self.at += 1
        if token == "-":
            return "negate", self.formula(6)
        if token.isdigit():
            return "integer", int(token)
        if token == "x":
            return ("x",)
        if token == "select":
            self.take("(")
            left = self.formula()
            self.take("<")
            right = self.formula()
            self.take(",")
            first = self.formula()
            self.take(",")
            second = self.formula()
            self.take(")")
            return "select", left, right, first, second
        if token in UNARY or token in ("min", "max"):
            parts = self.list()
            if len(parts) != (1 if token in UNARY else 2):
                raise NoFormula
            return (token, *parts)
        raise NoFormula


def columns(name):
    """The formulas that a table is named by, or None."""
    if not name.startswith("round("):
        return None
    parser, formulas = Parser(name), []
    try:
        while True:
            parser.take("round")
            parser.take("(")
            formulas.append(parser.formula())
            parser.take(")")
            parser.depth = parser.parts = 0
            if parser.tokens[parser.at] == "":
                return formulas
            parser.take(",")
    except NoFormula:
        return None


# The values: intervals (low, high) that the value lies in, for sure.


def down(operation, a, b):
    return operation(a, b, rounding="f")


def up(operation, a, b):
    return operation(a, b, rounding="c")


def exact(a):
    return a, a


def add(a, b):
    return down(mpmath.fadd, a[0], b[0]), up(mpmath.fadd, a[1], b[1])


def negate(a):
    return -a[1], -a[0]


def mul(a, b):
    ends = [(x, y) for x in a for y in b]
    return (
        min(down(mpmath.fmul, x, y) for x, y in ends), max(up(mpmath.fmul, x, y) for x, y in ends))


def wide(a):
    """With room for what mpmath's functions may be off."""
    room = [abs(x) * mpmath.ldexp(1, 8 - mp.prec) if mpmath.isfinite(x) else 0 for x in a]
    return a[0] - room[0], a[1] + room[1]


def is_root(root, degree, value):
    """Whether a root is exact; no more than 64th ones are looked at."""
    if not (mpmath.isfinite(root) and mpmath.isfinite(value)) or degree > 64:
        return root == value
    power = root
    for _ in range(degree - 1):
        power = mpmath.fmul(power, root, exact=True)
    return power == value


def image(function, a):
    """Of a function that never falls."""
    return wide((function(a[0]), function(a[1])))


class Evaluation:
    """At one argument, with some binary digits. What they can't tell apart is equal the last time."""

    def __init__(self, argument, precision):
        self.x, self.is_last = exact(mpmath.mpf(argument)), precision == PRECISIONS[-1]

    def sign(self, a):
        if a == (0, 0):
            return 0
        if a[0] > 0 or a[1] < 0:
            return 1 if a[0] > 0 else -1
        if self.is_last:
            return 0
        raise Undecided

    def whole(self, function, at_step, a):
        """The value of a function that never falls and is an integer everywhere."""
        if not (mpmath.isfinite(a[0]) and mpmath.isfinite(a[1])):
            raise Undecided
        low, high = function(a[0]), function(a[1])
        if low == high:
            return low
        if self.is_last and low + 1 == high:
            return at_step(low, high)
        raise Undecided

    def step(self, name, a):
        if a[0] == a[1] and not mpmath.isfinite(a[0]):
            return a
        floor, ceil = lambda v: int(mpmath.floor(v)), lambda v: int(mpmath.ceil(v))
        half = mpmath.mpf(1) / 2
        steps = {
            "floor": (floor, lambda low, high: high),
            "ceil": (ceil, lambda low, high: low),
            "trunc": (lambda v: floor(v) if v > 0 else ceil(v),
                lambda low, high: high if high > 0 else low),
            "roundeven": (
                lambda v: floor(mpmath.fadd(v, half, exact=True))
                - (mpmath.fadd(v, half, exact=True) == floor(v) + 1 and floor(v) % 2 == 0),
                lambda low, high: low if low % 2 == 0 else high)}
        return exact(mpmath.mpf(self.whole(*steps[name], a)))

    def rounded(self, a):
        half = mpmath.mpf(1) / 2
        return self.whole(
            lambda v: int(mpmath.floor(mpmath.fadd(v, half, exact=True))),
            lambda low, high: high, a)

    def quotient(self, a, b, limits):
        if b == (0, 0):
            if not limits or self.sign(a) == 0:
                raise Undefined
            return exact(mpmath.inf * self.sign(a))
        if b[0] <= 0 <= b[1]:
            raise Undecided
        ends = [(x, y) for x in a for y in b]
        return (
            min(down(mpmath.fdiv, x, y) for x, y in ends),
            max(up(mpmath.fdiv, x, y) for x, y in ends))

    def power(self, a, exponent, limits):
        top, bottom = exponent
        if top == 0:
            return exact(mpmath.mpf(1))
        if bottom > 1:
            a = self.inside(a, 0, mpmath.inf, limits)
            roots = [mpmath.root(v, bottom) if mpmath.isfinite(v) else v for v in a]
            is_exact = all(is_root(r, bottom, v) for v, r in zip(a, roots))
            a = tuple(roots) if is_exact else wide(tuple(roots))
            a = max(a[0], mpmath.mpf(0)), a[1]
        result = exact(mpmath.mpf(1))
        square, rest = a, abs(top)
        while rest:
            if rest & 1:
                result = mul(result, square)
            square, rest = mul(square, square), rest >> 1
        return result if top > 0 else self.quotient(exact(mpmath.mpf(1)), result, limits)

    def inside(self, a, low, high, limits):
        """The value, or the end of the domain that it is beyond."""
        if low <= a[0] and a[1] <= high:
            return a
        if a[1] < low or a[0] > high:
            if not limits:
                raise Undefined
            return exact(mpmath.mpf(low if a[1] < low else high))
        if not self.is_last:
            raise Undecided
        return max(a[0], mpmath.mpf(low)), min(a[1], mpmath.mpf(high))

    def value(self, f, limits=False):
        result = self.part(f, limits)
        if any(mpmath.isnan(end) for end in result):
            raise Undefined
        return result

    def part(self, f, limits):
        kind = f[0]
        if kind == "x":
            return self.x
        if kind == "integer":
            return exact(mpmath.mpf(f[1]))
        if kind == "limit":
            return self.value(f[1], True)
        if kind == "^":
            return self.power(self.value(f[1], limits), rational(f[2]), limits)
        if kind == "select":
            gap = add(self.value(f[1], limits), negate(self.value(f[2], limits)))
            return self.value(f[3 if self.sign(gap) < 0 else 4], limits)
        values = [self.value(part, limits) for part in f[1:]]
        if kind == "/":
            return self.quotient(*values, limits)
        operators = {
            "negate": negate, "+": add, "-": lambda a, b: add(a, negate(b)), "*": mul,
            "min": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
            "max": lambda a, b: (max(a[0], b[0]), max(a[1], b[1]))}
        return operators[kind](*values) if kind in operators else self.call(kind, values[0], limits)

    def call(self, name, a, limits):
        one, inf = exact(mpmath.mpf(1)), mpmath.inf
        if name == "sign":
            return exact(mpmath.mpf(self.sign(a)))
        if name == "abs":
            least = mpmath.mpf(0) if a[0] < 0 < a[1] else min(abs(a[0]), abs(a[1]))
            return least, max(abs(a[0]), abs(a[1]))
        if name in ("floor", "ceil", "trunc", "roundeven"):
            return self.step(name, a)
        if name == "log1p":
            return self.call("log", add(one, a), limits)
        if name == "log":
            if a[1] <= 0 and (a[0] == a[1] or a[1] < 0):
                if not limits:
                    raise Undefined
                return exact(-inf)
            if a[0] <= 0:
                raise Undecided
            return a if a == (inf, inf) else image(mpmath.log, a)
        if name in ("sin", "cos", "tan"):
            return self.circle(name, a)
        if name == "cosh":
            size = self.call("abs", a, limits)
            return one if a == (0, 0) else image(mpmath.cosh, size)
        if name == "acos":
            low, high = self.inside(a, -1, 1, limits)
            return exact(mpmath.mpf(0)) if low == 1 else wide((mpmath.acos(high), mpmath.acos(low)))
        if name == "atanh":
            if abs(a[0]) == 1 and a[0] == a[1] and not limits:
                raise Undefined
            low, high = self.inside(a, -1, 1, limits)
            area = lambda v: mpmath.atanh(v) if abs(v) < 1 else v * inf
            return image(area, (low, high))
        if name == "cbrt":
            root = lambda v: mpmath.sign(v) * mpmath.root(abs(v), 3) if mpmath.isfinite(v) else v
            ends = root(a[0]), root(a[1])
            return ends if all(is_root(r, 3, v) for v, r in zip(a, ends)) else wide(ends)
        if name == "sqrt":
            return self.power(a, (1, 2), limits)
        if name == "exp":
            return one if a == (0, 0) else image(mpmath.exp, a)
        domains = {"acosh": (1, inf), "asin": (-1, 1)}
        # The names are mpmath's, and none of the functions falls anywhere.
        return image(getattr(mpmath, name), self.inside(a, *domains.get(name, (-inf, inf)), limits))

    def circle(self, name, a):
        if name == "tan":
            if a == (0, 0):
                return a
            return self.quotient(self.circle("sin", a), self.circle("cos", a), False)
        if a == (0, 0):
            return exact(mpmath.mpf(name == "cos"))
        if not (mpmath.isfinite(a[0]) and mpmath.isfinite(a[1])):
            return mpmath.mpf(-1), mpmath.mpf(1)
        # No slope is more than 1.
        middle = (a[0] + a[1]) / 2
        spread = exact(up(mpmath.fsub, a[1], a[0]))
        value = wide(exact(getattr(mpmath, name)(middle)))
        return add(value, (-spread[0], spread[0]))


def rational(f):
    """The exponent of a power: a numerator and a denominator in lowest terms."""
    from fractions import Fraction

    def value(f):
        if f[0] == "integer":
            return Fraction(f[1])
        parts = [value(part) for part in f[1:]]
        operators = {
            "negate": lambda a: -a, "+": lambda a, b: a + b, "-": lambda a, b: a - b,
            "*": lambda a, b: a * b, "/": lambda a, b: a / b}
        if f[0] not in operators:
            raise Undefined
        return operators[f[0]](*parts)

    try:
        exponent = value(f)
    except ZeroDivisionError:
        raise Undefined
    return exponent.numerator, exponent.denominator


def rounded(f, x):
    """The nearest integer to the formula's value at x, of two the greater."""
    for precision in PRECISIONS:
        with mp.workprec(precision):
            try:
                evaluation = Evaluation(x, precision)
                return evaluation.rounded(evaluation.value(f))
            except Undecided:
                continue
    raise Undefined


def first_wrong_row(table):
    """The first row that is not that of the formulas which the table is named by: the argument, the
    number of the column, what it has and what is right; None if there is none."""
    first, rows, values, name = table
    for number, formula in enumerate(columns(name)):
        for row in range(rows):
            right = rounded(formula, first + row)
            if values[number][row] != right:
                return first + row, number + 1, values[number][row], right
    return None
