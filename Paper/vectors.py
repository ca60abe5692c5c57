#!/usr/bin/env python3
"""The test vectors of section 12, from an implementation that shares nothing with the Swift code.

Needs Python 3.10 and the package `blake3`. Run it and compare with the text of section 12.
"""

from blake3 import blake3

P = 2**50 - 2**38 + 1
MASK50 = 2**50 - 1


# Section 2: the field and its extension.


def mul(a, b):
    return (
        (a[0] * b[0] + 5 * (a[1] * b[2] + a[2] * b[1])) % P,
        (a[0] * b[1] + a[1] * b[0] + 5 * a[2] * b[2]) % P,
        (a[0] * b[2] + a[1] * b[1] + a[2] * b[0]) % P,
    )


def add(a, b):
    return tuple((x + y) % P for x, y in zip(a, b))


def sub(a, b):
    return tuple((x - y) % P for x, y in zip(a, b))


ONE = (1, 0, 0)


def power(a, n):
    result = ONE
    while n:
        if n & 1:
            result = mul(result, a)
        a = mul(a, a)
        n >>= 1
    return result


def inverse(a):
    return power(a, P**3 - 2)


def root_of_unity(log):
    return pow(11, (P - 1) >> log, P)


def eq_table(point):
    table = [ONE]
    for z in point:
        table = [v for t in table for v in (sub(t, mul(t, z)), mul(t, z))]
    return table


def pack(elements):
    """Elements of F at 50 bits each."""
    bits = sum(e << (50 * i) for i, e in enumerate(elements))
    return bits.to_bytes((50 * len(elements) + 7) // 8, "little")


# Section 4: the transcript.


def le(value, width):
    return value.to_bytes(width, "little")


class Sponge:
    def __init__(self, domain):
        self.state = blake3(domain).digest()

    def header(self, tag, label, length):
        return self.state + bytes([tag]) + le(label, 2) + le(length, 8)

    def absorb(self, label, message):
        self.state = blake3(self.header(1, label, len(message)) + message).digest()

    def stream(self, label, count):
        seed = blake3(self.header(2, label, count)).digest()
        self.state = blake3(self.header(3, label, count)).digest()
        counter = 0
        while True:
            block = blake3(seed + le(counter, 8)).digest()
            for i in range(0, 32, 8):
                yield int.from_bytes(block[i : i + 8], "little")
            counter += 1

    def challenges(self, label, count):
        words = self.stream(label, count)
        if count == 0:
            next(words)  # the state advances all the same
        coordinates = []
        while len(coordinates) < 3 * count:
            candidate = next(words) & MASK50
            if candidate < P:
                coordinates.append(candidate)
        return [tuple(coordinates[i : i + 3]) for i in range(0, 3 * count, 3)]

    def indices(self, label, count, bits):
        words = self.stream(label, count)
        return [next(words) & ((1 << bits) - 1) for _ in range(count)]

    def find_work(self, label, bits):
        seed = self.header(2, label, 0)
        nonce = 0
        while int.from_bytes(blake3(seed + le(nonce, 8)).digest()[:8], "little") % (1 << bits):
            nonce += 1
        self.absorb(label, le(nonce, 8))
        return nonce


# Section 9: Merkle trees, codes, parameters.

LEAF_KEY = blake3(b"Assay v1 Merkle leaf").digest()
NODE_KEY = blake3(b"Assay v1 Merkle node").digest()


def leaf_hash(elements):
    return blake3(b"".join(le(e, 8) for e in elements), key=LEAF_KEY).digest()


def tree(leaves):
    levels = [leaves]
    while len(levels[-1]) > 1:
        last = levels[-1]
        pairs = zip(last[::2], last[1::2])
        levels.append([blake3(l + r, key=NODE_KEY).digest() for l, r in pairs])
    return levels


def multiproof_nodes(depth, positions):
    """(level, index) of each sibling, in the order in which they are sent."""
    nodes, result = sorted(set(positions)), []
    for level in range(depth):
        result += [(level, n ^ 1) for n in nodes if n ^ 1 not in nodes]
        nodes = sorted({n >> 1 for n in nodes})
    return result


def ceil_log(n):
    return max(0, (n - 1).bit_length())


SIZE = ((P * P) >> 50) * P  # p^3 is at least this times 2^50


def shortfall(count, target):
    bits = 0
    while count << (target - 50) > SIZE << bits:
        bits += 1
    return bits


def queries(k, domain_log, bits):
    """The least t for which ((L + k)/(2L))^t, rounded up at each step, is at most 2^-bits."""
    mantissa, exponent, count = 1 << 62, -62, 0
    while True:
        room = -bits - exponent
        if room >= 64 or (room >= 0 and mantissa <= 1 << room):
            return count
        product = mantissa * ((1 << domain_log) + k)
        excess = max(0, product.bit_length() - 63)
        mantissa = -(-product >> excess)
        exponent += excess - domain_log - 1
        count += 1


def missing(log, count):
    if log < 0:
        return 0
    unit = 1 << 32
    base, result = unit - (unit >> min(log, 32)), unit
    while count:
        if count & 1:
            result = result * base >> 32
        base = base * base >> 32
        count >>= 1
    return result


def siblings(log, count):
    total = 0
    for level in range(log, 0, -1):
        alone = missing(level, count) - missing(level - 1, count)
        total += (alone >> 2) >> (30 - min(level, 30))
    return total


def opening_bytes(width, domain_log, count):
    leaves = min(count, 1 << domain_log)
    return (leaves * width * 50 + 7) // 8 + 32 * siblings(domain_log, count)


def element_bytes(count):
    return (count * 150 + 7) // 8


INFINITE = 2**63 - 1


def best_plan(log, count=None):
    """(cost, bytes, rounds, finalLog); a round is (lanesLog, rowsLog, domainLog, queries, work).

    The first round commits only the lanes that hold any of the first `count` elements.
    """
    plans = []
    for size in range(log + 1):
        sent = element_bytes((1 << size) + 2 * size)
        best = (INFINITE if size > 10 else 96 * sent, sent, [], size)
        for lanes in range(1, min(size, 8) + 1):
            for rate in range(1, 9):
                rows = size - lanes
                domain = rows + rate
                work = shortfall((1 << domain) + 2, 128)
                following = plans[rows]
                if work > 16 or domain > 30 or following[0] == INFINITE:
                    continue
                t = queries(1 << rows, domain, 128)
                cut = count if count and size == log else 1 << size
                width = 3 * -(-cut // (1 << rows))
                size_bytes = 32 + element_bytes(2 * lanes) + opening_bytes(width, domain, t)
                grinding = (lanes << work) * 16 if work else 0
                cost = following[0] + size_bytes * 96 + (width << domain) + grinding
                if cost < best[0]:
                    rounds = [(lanes, rows, domain, t, work)] + following[2]
                    best = (cost, size_bytes + following[1], rounds, following[3])
        plans.append(best)
    return plans[log]


def fixed_log(x):
    """log2 in units of 2^-16, rounded down step by step (section 10.2)."""
    result = x.bit_length() - 1
    mantissa = (x << 127 >> result) >> 64
    for _ in range(16):
        square = mantissa * mantissa >> 64
        if square >> 63:
            result, mantissa = 2 * result + 1, square
        else:
            result, mantissa = 2 * result, 2 * square
    return result


def security_bits(count):
    return 100 * (fixed_log(SIZE) + (50 << 16) - fixed_log(max(count, 1)) - 2) >> 16


def lookup_work(roots):
    return min(16, max(0, -(-(12800 - security_bits(roots)) // 100)))


class Group:
    """The code of a group: 2^rows_log rows, a tail behind them, in as many lanes (section 9.1)."""

    def __init__(self, rows_log, lanes, tail=0):
        self.rows_log, self.lanes, self.tail = rows_log, lanes, tail
        self.k = (1 << rows_log) + tail
        self.domain = self.k.bit_length() + 1
        self.queries = queries(self.k, self.domain, 128)
        self.bad = 1 << self.domain

    def pieces(self):
        """(log, first exponent) of the rows, and of the tail's pieces, the smallest first."""
        pieces, exponent = [(self.rows_log, 0)], 1 << self.rows_log
        for log in range(self.tail.bit_length()):
            if self.tail >> log & 1:
                pieces.append((log, exponent))
                exponent += 1 << log
        return pieces


def fold_vector(groups):
    """Where the pieces of each group lie: (offset, log, exponent); and the end of the last."""
    places, end = [[] for _ in groups], 0
    wanted = [(log, i, exponent) for i, g in enumerate(groups) for log, exponent in g.pieces()]
    for log, i, exponent in sorted(wanted, key=lambda piece: -piece[0]):
        places[i].append((end, log, exponent))
        end += 1 << log
    return [sorted(p, key=lambda piece: piece[2]) for p in places], end


# Section 14.4: shapes that hide.


def hiding_witness(rows_log, cells, committed, limit=None):
    """The witness's group beside the committed ones, none of which opens more positions."""
    others = max([g.queries for g in committed], default=0)
    longest = max([g.domain for g in committed if g.tail], default=0)
    for log in range(rows_log, 29):
        lanes = max(3, -(-cells // (1 << log)))
        for tail in (1 << n for n in range(29)):
            shape = Group(log, lanes, tail)
            opened = max(others, shape.queries)
            if tail - 9 * ceil_log(lanes) > opened:
                break
        else:
            continue
        if shape.domain >= longest and (limit is None or opened <= limit):
            return shape
    return None


def hidden_model(rows_log, lanes, openings, witness):
    """The model's group and the positions of a proof; `witness` makes the witness's for it."""
    opened = 0
    while True:
        for tail in (1 << n for n in range(29)):
            model = Group(rows_log, lanes, tail)
            if tail - 1 >= openings * max(opened, model.queries) + 237:
                break
        else:
            return None
        needed = max(model.queries, witness(model).queries)
        if needed <= opened:
            return model, needed
        opened = needed


def mask_work(committed, witness):
    hidden = sum(g.tail > 0 for g in committed)
    return shortfall(1 + (1 + hidden) * witness.bad, 128)


# Section 15.3: the shape of a commitment to data.


def data_group(count, openings):
    best = None
    for log in range(28):
        message = ceil_log((1 << log) + 237 * openings + 1)
        lanes = max(4, -(-count // (1 << log)))
        cost = 1181 * lanes + (2 << message)
        fits = message <= 28 and lanes <= 1 << 20 and lanes << message + 2 <= 1 << 37
        if fits and (best is None or cost < best[0]):
            best = cost, Group(log, lanes, (1 << message) - (1 << log))
    return best and best[1]


# Section 11.2: what a proof is made for.


def context(data):
    return blake3(data, key=blake3(b"Assay v5 context").digest()).digest()


def element(e):
    return "(%d, %d, %d)" % e


def main():
    print("# field")
    a, b = (1, 2, 3), (P - 1, 2**49, 7)
    print("5^((p-1)/3) =", pow(5, (P - 1) // 3, P))
    print("root of unity of order 2^38 =", root_of_unity(38), "; of order 4 =", root_of_unity(2))
    print("a·b =", element(mul(a, b)))
    print("1/a =", element(inverse(a)))
    print("pack(1, p-1, 2^49) =", pack([1, P - 1, 2**49]).hex())
    print("eq((2, 3)) =", " ".join(element(e) for e in eq_table([(2, 0, 0), (3, 0, 0)])))

    print("# transcript")
    sponge = Sponge(b"Assay v5 proof of inference")
    print("state 0 =", sponge.state.hex())
    sponge.absorb(1, bytes(range(40)))
    print("state 1 =", sponge.state.hex())
    alpha, beta = sponge.challenges(17, 2)
    print("alpha =", element(alpha))
    print("beta =", element(beta))
    print("state 2 =", sponge.state.hex())
    sponge.absorb(18, pack([1, 2, 3]))
    print("state 3 =", sponge.state.hex())
    print("nonce of 12 bits =", sponge.find_work(52, 12))
    print("state 4 =", sponge.state.hex())
    print("indices =", sponge.indices(53, 8, 10))
    print("state 5 =", sponge.state.hex())
    sponge.challenges(32, 0)
    print("state 6 =", sponge.state.hex())

    print("# context")
    print("application 4711 =", context(b"application 4711").hex())
    print("nothing =", context(b"").hex())

    print("# Merkle tree")
    print("leaf key =", LEAF_KEY.hex())
    print("node key =", NODE_KEY.hex())
    leaves = [leaf_hash([i, P - 1 - i]) for i in range(4)]
    for i, digest in enumerate(leaves):
        print("leaf %d =" % i, digest.hex())
    print("root =", tree(leaves)[-1][0].hex())
    print("siblings of 9, 2, 3, 9 in depth 4 =", multiproof_nodes(4, [9, 2, 3, 9]))

    print("# parameters")
    print("bits(3), bits(2^22), bits(10^7) =", [security_bits(c) for c in (3, 1 << 22, 10**7)])
    print("lookups' work for 10^5, 2^22, 10^9 =", [lookup_work(c) for c in (10**5, 1 << 22, 10**9)])
    for rate in range(1, 9):
        print("rate 1/%d: %d queries" % (1 << rate, queries(1 << 10, 10 + rate, 128)))
    for model, witness in [((12, 16), (12, 40)), (None, (0, 1)), ((16, 256), (14, 70)), ((20, 512), (18, 300))]:
        show([Group(*model)] if model else [], Group(*witness), 2)
    print("# hiding")
    for rows, lanes, openings, witness, cells in [(12, 16, 20, 12, 150_000), (8, 4, 1, 3, 100), (20, 512, 100, 17, 10**7)]:
        model, opened = hidden_model(rows, lanes, openings, lambda m: hiding_witness(witness, cells, [m]))
        print("model 2^%d x %d for %d openings of %d positions: tail %d" % (rows, lanes, openings, opened, model.tail))
        show([model], hiding_witness(witness, cells, [model]), 3)
    for count, openings in [(1, 1), (784, 1), (784, 1000), (10**6, 50), (85_300_818, 35_358), (1 << 28, 1 << 16)]:
        g = data_group(count, openings)
        print("%d integers for %d openings: 2^%d x %d, tail %d, domain 2^%d" % (count, openings, g.rows_log, g.lanes, g.tail, g.domain))


def show(committed, witness, degree):
    groups = committed + [witness]
    names = ["model"] * len(committed) + ["witness"]
    works = [ceil_log(g.lanes) * g.bad for g in committed] + [witness.bad + degree]
    lines = [
        "%s 2^%d x %d: domain 2^%d, %d queries, work %d" % (
            name, g.rows_log, g.lanes, g.domain, g.queries, shortfall(work, 128))
        for name, g, work in zip(names, groups, works)]
    end = fold_vector(groups)[1]
    plan = best_plan(ceil_log(end), end if degree == 3 else None)
    print("; ".join(lines))
    if degree == 3:
        print("  tail %d, work of the masks %d" % (witness.tail, mask_work(committed, witness)))
    print("  vector 2^%d, rounds %s, final 2^%d" % (ceil_log(end), plan[2], plan[3]))


if __name__ == "__main__":
    main()
