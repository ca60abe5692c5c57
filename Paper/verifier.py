#!/usr/bin/env python3
"""A second verifier, which follows the text of this directory: `verifier.py KEY PROOF`.

It shows that the specification is enough. It is slow, it trusts the key's system to obey the rules of
sections 3.3 to 3.5, and it is not meant for use: `assay-verify` is. Needs the package `blake3`.
"""

import math
import sys

from vectors import (
    ONE, P, Sponge, add, best_plan, blake3, ceil_log, eq_table, group, inverse, le, leaf_hash, mul,
    multiproof_nodes, NODE_KEY, lookup_work, root_of_unity, sub)

ZERO = (0, 0, 0)


class Rejected(Exception):
    pass


def require(condition, name):
    if not condition:
        raise Rejected(name)


def scaled(a, c):
    return tuple(x * c % P for x in a)


def base(c):
    return (c % P, 0, 0)


def eq_index(point, index):
    product = ONE
    for j, z in enumerate(point):
        product = mul(product, z if index >> (len(point) - 1 - j) & 1 else sub(ONE, z))
    return product


# Section 3.6: the system.


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        require(self.at + count <= len(self.data), "truncated")
        self.at += count
        return self.data[self.at - count : self.at]

    def unsigned(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def integer(self):
        value = self.unsigned()
        return -(value >> 1) - 1 if value & 1 else value >> 1

    def list(self, read):
        return [read() for _ in range(self.unsigned())]

    def name(self):
        return self.take(self.unsigned()).decode()


def read_system(r):
    def tensor():
        fields = r.name(), r.list(r.integer), r.take(1)[0], r.integer(), r.integer(), r.integer()
        return dict(zip(("name", "shape", "role", "low", "high", "bits"), fields))

    def function():
        code = r.take(1)[0]
        if code == 1:
            return code, r.integer()
        if code == 5:
            return code, function(), r.integer()
        return (code,) + tuple(function() for _ in range({0: 0, 8: 3}.get(code, 2)))

    def affine():
        return r.integer(), r.list(lambda: (r.integer(), r.integer()))

    def expression():
        return r.integer(), r.list(lambda: (r.integer(), r.integer(), r.list(affine)))

    def indices():
        return [size for _, size in r.list(lambda: (r.name(), r.integer()))]

    def term():
        return r.integer(), r.list(r.integer), r.list(expression)

    system = {"tensors": r.list(tensor)}
    system["tables"] = r.list(lambda: (r.name(), r.integer(), r.integer(), r.list(function))[1:])
    system["equalities"] = r.list(lambda: (r.name(), indices(), r.integer(), r.list(term))[1:])
    system["lookups"] = r.list(lambda: (r.name(), indices(), r.list(expression), r.integer())[1:])
    require(r.at == len(r.data), "malformed")
    return system


def table_value(f, x):
    code, parts = f[0], f[1:]
    if code == 0:
        return x
    if code == 1:
        return parts[0]
    if code == 5:
        return table_value(parts[0], x) // parts[1]
    if code == 8:
        return table_value(parts[1 if table_value(parts[0], x) < 0 else 2], x)
    a, b = (table_value(part, x) for part in parts)
    return {2: a + b, 3: a - b, 4: a * b, 6: min(a, b), 7: max(a, b)}[code]


# Section 5: the layout.


def segments(size):
    start = 0
    for log in range(size.bit_length() - 1, -1, -1):
        if size >> log & 1:
            yield start, log
            start += 1 << log


class Stack:
    def __init__(self, shapes):
        boxes = []
        for owner, shape in enumerate(shapes):
            parts = [] if shape is None else [[]]
            for size in shape or []:
                parts = [p + [s] for p in parts for s in segments(size)]
            boxes += [(owner, p, sum(log for _, log in p)) for p in parts]
        boxes.sort(key=lambda box: -box[2])
        self.boxes, self.count = [], 0
        for owner, sides, log in boxes:
            self.boxes.append((owner, sides, log, self.count))
            self.count += 1 << log
        self.bits = ceil_log(self.count)


class Layout:
    def __init__(self, system):
        tensors, tables = system["tensors"], system["tables"]
        rows = [[t[1]] for t in tables]
        self.system = system
        self.lanes_log = min(range(2, 10), key=lambda l: (1181 << l) + (2 << self.rows(l).bits))
        self.model = self.rows(self.lanes_log)
        self.witness = Stack([t["shape"] if t["role"] == 3 else None for t in tensors] + rows)
        self.leaves = Stack([lookup[0] for lookup in system["lookups"]] + rows)
        count = self.witness.count
        lanes = lambda k: -(-count // (1 << k))
        choices = [k for k in range(self.witness.bits + 1) if lanes(k) <= 1 << 20]
        self.k = min(choices, key=lambda k: 1181 * lanes(k) + (2 << k))
        self.m = lanes(self.k)

    def block_shape(self, tensor, lanes_log):
        first, *others = tensor["shape"]
        return [(first + (1 << lanes_log) - 1) >> lanes_log] + others

    def rows(self, lanes_log):
        return Stack([
            self.block_shape(t, lanes_log) if t["role"] == 2 else None
            for t in self.system["tensors"]])

    def shape(self, tensor):
        t = self.system["tensors"][tensor]
        return self.block_shape(t, self.lanes_log) if t["role"] == 2 else t["shape"]


# Section 6: linear claims. A vector along an axis is a dictionary of positions.


class Form:
    """Rank-one terms [(tensor, coefficient, vectors)] and a known part."""

    def __init__(self, layout, public):
        self.layout, self.public, self.terms, self.known = layout, public, [], ZERO

    def add_known(self, value):
        self.known = add(self.known, value)

    def add_expression(self, expression, weights, blocks, scale):
        constant, reads = expression
        sums = {j: total(w.values()) for j, w in weights.items()}
        self.add_known(mul(scaled(scale, constant), product(sums.values())))
        for coefficient, tensor, positions in reads:
            self.add_read(coefficient, tensor, positions, weights, sums, blocks, scale)

    def add_read(self, coefficient, tensor, positions, weights, sums, blocks, scale):
        shape = self.layout.shape(tensor)
        is_model = self.layout.system["tensors"][tensor]["role"] == 2
        used, vectors = set(), []
        for axis, (constant, terms) in enumerate(positions):
            vector = {constant: ONE}
            for index, step in terms:
                used.add(index)
                following = {}
                for q, v in vector.items():
                    for i, w in weights[index].items():
                        at = q + step * i
                        following[at] = add(following.get(at, ZERO), mul(v, w))
                vector = following
            if is_model and axis == 0:
                vector = blocks
            vectors.append({q: v for q, v in vector.items() if 0 <= q < shape[axis]})
        rest = product(s for j, s in sums.items() if j not in used)
        factor = mul(scaled(scale, coefficient), rest)
        values = self.public[tensor]
        if values is None:
            self.terms.append((tensor, factor, vectors))
        else:
            self.add_known(mul(factor, contract(values, shape, vectors)))

    def claim(self, value):
        return self.terms, sub(value, self.known)


def total(values):
    return tuple(sum(c) % P for c in zip(ZERO, *values))


def product(values):
    result = ONE
    for v in values:
        result = mul(result, v)
    return result


def contract(values, shape, vectors):
    if not shape:
        return base(values[0])
    stride = math.prod(shape[1:])
    return total([
        mul(w, contract(values[i * stride : (i + 1) * stride], shape[1:], vectors[1:]))
        for i, w in vectors[0].items()])


def form_weight(stack, terms, point):
    """The multilinear extension of the terms' weights on a stack's cells (section 6.3)."""
    tables, result = {}, ZERO
    for owner, sides, log, offset in stack.boxes:
        selector = eq_index(point[: len(point) - log], offset >> log)
        for tensor, coefficient, vectors in terms:
            if tensor != owner:
                continue
            value, at = mul(selector, coefficient), len(point) - log
            for (start, bits), vector in zip(sides, vectors):
                if (at, bits) not in tables:
                    tables[at, bits] = eq_table(point[at : at + bits])
                table = tables[at, bits]
                value = mul(value, total([
                    mul(v, table[q - start]) for q, v in vector.items()
                    if start <= q < start + len(table)]))
                at += bits
            result = add(result, value)
    return result


# Sections 4 and 7 to 9: the protocol.


class Verifier:
    def __init__(self, key, proof):
        require(blake3(key[:-32]).digest() == key[-32:], "corrupted")
        require(key[:12] == b"ASSAYVK\0" + le(1, 4), "foreign")
        length = int.from_bytes(key[12:20], "little")
        self.system = read_system(Reader(key[20 : 20 + length]))
        require(key[20 + length] == (len(key) == 89 + length), "malformed")
        self.root = key[21 + length : 53 + length] if key[20 + length] else None
        require(key[-36:-32] == le(0, 4), "keys of hiding proofs are not read")
        self.layout = Layout(self.system)
        self.proof, self.at = proof, 45
        require(proof[:12] == b"ASSAYPF\0" + le(1, 4), "foreign")
        require(proof[12:44] == key[-32:], "otherKey")
        require(proof[44] == 0, "foreign")
        self.public, statement = [], key[-32:] + b"\0"
        for t in self.system["tensors"]:
            width = max(1, -(-(t["high"] - t["low"]).bit_length() // 8))
            values = None
            if t["role"] < 2:
                values = [
                    int.from_bytes(self.take(width), "little") + t["low"]
                    for _ in range(math.prod(t["shape"]))]
                require(all(v <= t["high"] for v in values), "publicTensorRange")
                statement += b"".join(v.to_bytes(8, "little", signed=True) for v in values)
            self.public.append(values)
        self.sponge = Sponge(b"Assay v1 proof of inference")
        self.sponge.absorb(1, statement)

    def take(self, count):
        require(self.at + count <= len(self.proof), "truncated")
        self.at += count
        return self.proof[self.at - count : self.at]

    def elements(self, count):
        message = self.take((50 * count + 7) // 8)
        bits = int.from_bytes(message, "little")
        result = [bits >> 50 * i & 2**50 - 1 for i in range(count)]
        require(bits >> 50 * count == 0 and all(e < P for e in result), "nonCanonical")
        return message, result

    def read(self, label, count):
        message, flat = self.elements(3 * count)
        self.sponge.absorb(label, message)
        return [tuple(flat[i : i + 3]) for i in range(0, len(flat), 3)]

    def read_root(self, label):
        digest = self.take(32)
        self.sponge.absorb(label, digest)
        return digest

    def challenge(self, label):
        return self.sponge.challenges(label, 1)[0]

    def work(self, label, bits):
        if bits:
            nonce = self.take(8)
            seed = self.sponge.header(2, label, 0)
            word = int.from_bytes(blake3(seed + nonce).digest()[:8], "little")
            self.sponge.absorb(label, nonce)
            require(word % (1 << bits) == 0, "grinding")

    def plain_round(self, claim, labels, work=0):
        c0, c2 = self.read(labels[0], 2)
        self.work(52, work)
        r = self.challenge(labels[1])
        c1 = sub(sub(sub(claim, c0), c0), c2)
        return add(mul(add(mul(c2, r), c1), r), c0), r

    def verify(self):
        witness_root = self.read_root(4) if self.layout.witness.count else None
        draws = self.layout.lanes_log if self.root else 0
        self.model = group(self.layout.model.bits, 1 << draws, draws) if self.root else None
        self.witness = group(self.layout.k, self.layout.m, 1) if witness_root else None
        claims = self.lookups() if self.layout.leaves.count else []
        claims += self.equalities()
        chi, scale, value, terms = self.challenge(48), ONE, ZERO, []
        for claim_terms, claim_value in claims:
            terms += [(t, mul(c, scale), v) for t, c, v in claim_terms]
            value = add(value, mul(claim_value, scale))
            scale = mul(scale, chi)
        self.open(witness_root, terms, value)
        require(self.at == len(self.proof), "trailingBytes")

    # Section 7.

    def lookups(self):
        tables = self.system["tables"]
        width = max([1 + len(t[2]) for t in tables], default=0)
        self.work(16, lookup_work(self.layout.leaves.count * max(width, 1)))
        alpha, beta = self.sponge.challenges(17, 2)
        powers = [ONE]
        for _ in range(width):
            powers.append(mul(powers[-1], beta))
        z, p, q = self.tree()
        numerators, denominators = (Form(self.layout, self.public) for _ in range(2))
        covered, lookups = ZERO, self.system["lookups"]
        for owner, sides, log, offset in self.layout.leaves.boxes:
            s, at, weights = eq_index(z[: len(z) - log], offset >> log), len(z) - log, {}
            for j, (start, bits) in enumerate(sides):
                weights[j] = dict(enumerate(eq_table(z[at : at + bits]), start))
                at += bits
            covered = add(covered, s)
            table = lookups[owner][2] if owner < len(lookups) else owner - len(lookups)
            shared = sub(alpha, mul(powers[width], base(table + 1)))
            if owner < len(lookups):
                numerators.add_known(s)
                denominators.add_known(mul(s, shared))
                for column, power in zip(lookups[owner][1], powers):
                    minus = sub(ZERO, mul(s, power))
                    denominators.add_expression(column, weights, None, minus)
            else:
                first, _, functions = tables[table]
                numerators.terms.append(
                    (len(self.system["tensors"]) + table, sub(ZERO, s), [weights[0]]))
                for j, w in weights[0].items():
                    row = [first + j] + [table_value(f, first + j) for f in functions]
                    for v, power in zip(row, powers):
                        shared = sub(shared, mul(scaled(w, v), power))
                denominators.add_known(mul(s, shared))
        denominators.add_known(sub(ONE, covered))
        return [numerators.claim(p), denominators.claim(q)]

    def tree(self):
        q = self.read(18, 1)[0]
        require(q != ZERO, "fractionDenominatorIsNonzero")
        p, z = ZERO, []
        for _ in range(self.layout.leaves.bits):
            rho, point = self.challenge(19), []
            claim = add(p, mul(rho, q))
            for coordinate in z:
                require(coordinate != ZERO, "fractionPointIsNonzero")
                h0, c2 = self.read(20, 2)
                h1 = add(h0, mul(sub(claim, h0), inverse(coordinate)))
                r = self.challenge(21)
                linear = sub(sub(h1, h0), c2)
                claim = add(h0, mul(r, add(linear, mul(c2, r))))
                point.append(r)
            p0, p1, q0, q1 = self.read(22, 4)
            end = add(add(mul(p0, q1), mul(p1, q0)), mul(rho, mul(q0, q1)))
            require(end == claim, "fractionLayer")
            fold = self.challenge(23)
            p = add(p0, mul(sub(p1, p0), fold))
            q = add(q0, mul(sub(q1, q0), fold))
            z = [fold] + point
        return z, p, q

    # Section 8.

    def lane_index(self, equality):
        for _, _, factors in equality[2]:
            for _, reads in factors:
                for _, tensor, positions in reads:
                    if self.system["tensors"][tensor]["role"] == 2:
                        return positions[0][1][0][0]
        return None

    def equalities(self):
        system, lam = self.system, self.layout.lanes_log
        lanes = [self.lane_index(e) for e in system["equalities"]]
        lane_bits, axis_bits = lam, []
        for (indices, rank, _), lane in zip(system["equalities"], lanes):
            for k in range(rank):
                axis_bits += [0] * (k + 1 - len(axis_bits))
                bits = ceil_log(indices[k])
                if k == lane:
                    lane_bits = max(lane_bits, bits)
                else:
                    axis_bits[k] = max(axis_bits[k], bits)
        self.work(31, self.model[2] if self.model else 0)
        point = self.sponge.challenges(32, lane_bits + sum(axis_bits))
        gamma = self.challenge(33)
        lane_point, axes, at = point[:lane_bits], [], lane_bits
        for bits in axis_bits:
            axes.append(point[at : at + bits])
            at += bits
        self.tau = lane_point[lane_bits - lam :]

        linear, products, scale = Form(self.layout, self.public), [], ONE
        for (indices, rank, terms), lane in zip(system["equalities"], lanes):
            weights, blocks = {}, None
            for k, size in enumerate(indices):
                u, bits = [], ceil_log(size)
                if k < rank and k == lane:
                    u = lane_point[lane_bits - max(bits, lam) :]
                    blocks = dict(enumerate(eq_table(u[: len(u) - lam])))
                elif k < rank:
                    u = axes[k][len(axes[k]) - bits :]
                table = eq_table(u) if k < rank else [ONE] * size
                weights[k] = dict(enumerate(table[:size]))
            for coefficient, summed, factors in terms:
                part = {k: w for k, w in weights.items() if k < rank or k in summed}
                counts = scaled(scale, coefficient)
                if len(factors) == 1:
                    linear.add_expression(factors[0], part, blocks, counts)
                else:
                    products.append((indices, part, blocks, counts, factors))
            scale = mul(scale, gamma)
        claims, value = self.products(products) if products else ([], ZERO)
        return claims + [linear.claim(sub(ZERO, value))]

    def products(self, products):
        plans = []
        for indices, part, blocks, scale, factors in products:
            reads_model = any(
                self.system["tensors"][t]["role"] == 2 for _, t, _ in factors[0][1])
            a, b = factors[::-1] if reads_model else factors
            in_a, in_b = (
                {i for _, _, ps in f[1] for _, ts in ps for i, _ in ts} for f in (a, b))
            for k in part:
                if k not in in_a | in_b:
                    scale = mul(scale, total(part[k].values()))
            shared = sorted(in_a & in_b)
            bits = [ceil_log(indices[k]) for k in shared]
            plans.append((indices, part, blocks, scale, a, b, in_a, in_b, shared, bits))
        value = self.read(34, 1)[0]
        rounds = max(sum(plan[-1]) for plan in plans)
        claim, point = value, []
        for _ in range(rounds):
            claim, r = self.plain_round(claim, (35, 36))
            point.append(r)
        values = self.read(37, 2 * len(plans))
        end, claims = ZERO, []
        for t, (indices, part, blocks, scale, a, b, in_a, in_b, shared, bits) in enumerate(plans):
            va, vb = values[2 * t : 2 * t + 2]
            half = pow((P + 1) // 2, rounds - sum(bits), P)
            end = add(end, mul(scaled(scale, half), mul(va, vb)))
            at = rounds - sum(bits)
            first = {k: part[k] for k in part if k in in_a}
            second = {k: part[k] for k in part if k in in_b}
            for k, n in zip(shared, bits):
                table = dict(enumerate(eq_table(point[at : at + n])[: indices[k]]))
                first[k] = {i: mul(w, table[i]) for i, w in first[k].items()}
                second[k] = table
                at += n
            for factor, weights, v in ((a, first, va), (b, second, vb)):
                form = Form(self.layout, self.public)
                form.add_expression(factor, weights, blocks, ONE)
                claims.append(form.claim(v))
        require(end == claim, "productSumCheck")
        return claims, value

    # Section 9.

    def open_oracle(self, oracle):
        root, domain_log, queries, lane_weights, degree = oracle
        positions = sorted(set(self.sponge.indices(53, queries, domain_log)))
        width = len(lane_weights) * degree
        _, elements = self.elements(width * len(positions))
        nodes = {}
        order = multiproof_nodes(domain_log, positions)
        for place in order:
            nodes[place] = self.take(32)
        answers = []
        for i, position in enumerate(positions):
            leaf = elements[i * width : (i + 1) * width]
            nodes[0, position] = leaf_hash(leaf)
            m = len(lane_weights)
            parts = [leaf[l::m] if degree == 3 else [leaf[l], 0, 0] for l in range(m)]
            y = total([mul(w, tuple(part)) for w, part in zip(lane_weights, parts)])
            answers.append((pow(root_of_unity(domain_log), position, P), y))
        known = positions
        for level in range(domain_log):
            known = sorted({n >> 1 for n in known})
            for n in known:
                both = nodes[level, 2 * n] + nodes[level, 2 * n + 1]
                nodes[level + 1, n] = blake3(both, key=NODE_KEY).digest()
        require(nodes[domain_log, 0] == root, "merklePath")
        return answers

    def open(self, witness_root, terms, value):
        layout, sigma = self.layout, []
        if not self.root and not witness_root:
            require(value == ZERO, "openingFinalClaim")
            return
        lanes_log = ceil_log(layout.m) if witness_root else 0
        for _ in range(lanes_log):
            value, r = self.plain_round(value, (49, 50), self.witness[2])
            sigma.append(r)
        parts = []
        if self.root:
            parts.append((layout.model.bits, "model"))
        if witness_root:
            parts.append((layout.k, "witness"))
        parts.sort(key=lambda part: -part[0])
        offsets, end = {}, 0
        for log, name in parts:
            offsets[name] = end, log
            end += 1 << log
        n, oracles, pieces = ceil_log(end), [], []
        if self.root:
            oracles.append((self.root,) + self.model[:2] + (eq_table(self.tau), 1))
            pieces.append(offsets["model"])
        if witness_root:
            lanes = eq_table(sigma)[: layout.m]
            oracles.append((witness_root,) + self.witness[:2] + (lanes, 1))
            pieces.append(offsets["witness"])
        _, _, steps, final_log = best_plan(n)
        z, forms, current = [], [], n
        for lanes_log_, rows_log, domain_log, queries, work in steps:
            root = self.read_root(51)
            answers = [self.open_oracle(oracle) for oracle in oracles]
            zeta, power = self.challenge(56), ONE
            for piece, group_answers in zip(pieces, answers):
                points = []
                for x, y in group_answers:
                    power = mul(power, zeta)
                    value = add(value, mul(power, y))
                    points.append((x, power))
                forms.append((current, piece, points))
            for _ in range(lanes_log_):
                value, r = self.plain_round(value, (49, 50), work)
                z.append(r)
            weights = eq_table(z[len(z) - lanes_log_ :])
            oracles, pieces = [(root, domain_log, queries, weights, 3)], [(0, rows_log)]
            current = rows_log
        final = self.read(57, 1 << final_log)
        for oracle, (offset, log) in zip(oracles, pieces):
            for x, y in self.open_oracle(oracle):
                powers = [pow(x, i, P) for i in range(1 << log)]
                part = final[offset : offset + (1 << log)]
                at_x = total([scaled(c, w) for c, w in zip(part, powers)])
                require(at_x == y, "openingFinalVector")
        for _ in range(final_log):
            value, r = self.plain_round(value, (49, 50))
            z.append(r)

        weight = ZERO
        for name, (offset, log) in offsets.items():
            selector, inner = eq_index(z[: n - log], offset >> log), z[n - log :]
            if name == "model":
                inside = form_weight(layout.model, terms, inner)
                inside = scaled(inside, pow((P + 1) // 2, lanes_log, P))
            else:
                inside = form_weight(layout.witness, terms, sigma + inner)
            weight = add(weight, mul(selector, inside))
        for length, (offset, log), points in forms:
            own = z[n - length :]
            selector, inner = eq_index(own[: length - log], offset >> log), own[length - log :]
            for x, coefficient in points:
                value_at = ONE
                for j, coordinate in enumerate(inner):
                    factor = pow(x, 1 << (log - 1 - j), P) - 1
                    value_at = mul(value_at, add(ONE, scaled(coordinate, factor)))
                weight = add(weight, mul(selector, mul(coefficient, value_at)))
        last = total([mul(w, f) for w, f in zip(eq_table(z[n - final_log :]), final)])
        require(mul(last, weight) == value, "openingFinalClaim")


def main():
    key, proof = (open(path, "rb").read() for path in sys.argv[1:3])
    try:
        verifier = Verifier(key, proof)
        verifier.verify()
    except Rejected as reason:
        print("rejected:", reason)
        return 1
    print("accepted")
    for tensor, values in zip(verifier.system["tensors"], verifier.public):
        if values is not None:
            print(tensor["name"], tensor["shape"], [v / 2 ** tensor["bits"] for v in values[:16]])
    return 0


if __name__ == "__main__":
    sys.exit(main())
