#!/usr/bin/env python3
"""A second verifier, which follows the text of this directory: `verifier.py KEY [PROOF] [OPTION ...]`.

It shows that the specification is enough. It is slow, it trusts the key's system to obey the rules of
sections 3.3 to 3.5 (all but the last three limits), and it is not meant for use: `assay-verify` is.
Needs the package `blake3`. It verifies the key's certificate and the proof, plain ones too.

`--allow-unproven-key` takes a key without a certificate. `--check-tables` computes the tables of real
functions again (section 3.10), for which it needs the package `mpmath`.
"""

import math
import sys

import vectors as field
from systems import (
    BYTES, Malformed, MODEL, PUBLIC, STEPS, WEIGHTS, WITNESS, batched, certificate_system,
    is_witness, read_system, row_table, shared_rank, tuple_rank, width, work)
from vectors import (
    ONE, P, Group, Sponge, best_plan, blake3, ceil_log, data_group, eq_table, fold_vector,
    hidden_model, hiding_witness, inverse, le, leaf_hash, mask_work, multiproof_nodes, NODE_KEY,
    lookup_work, root_of_unity, shortfall)

ZERO = (0, 0, 0)
POSITIONS = 237  # the most that any hiding proof opens


class Rejected(Exception):
    pass


def require(condition, name):
    if not condition:
        raise Rejected(name)


def bounded(system, name):
    """The system, if verifying it takes no more than section 3.4 allows."""
    steps, weights = work(system)
    require(steps <= STEPS and weights <= WEIGHTS, name)
    return system


# Elements of E, and the affine forms in the pads of section 14.3.


class Masked:
    def __init__(self, constant, pads):
        self.constant, self.pads = constant, pads


def add(a, b):
    if type(a) is type(b) is tuple:
        return field.add(a, b)
    a, b = (x if isinstance(x, Masked) else Masked(x, {}) for x in (a, b))
    pads = dict(a.pads)
    for pad, c in b.pads.items():
        pads[pad] = field.add(pads.get(pad, ZERO), c)
    return Masked(field.add(a.constant, b.constant), pads)


def mul(a, b):
    if type(a) is type(b) is tuple:
        return field.mul(a, b)
    value, c = (a, b) if isinstance(a, Masked) else (b, a)
    pads = {pad: field.mul(x, c) for pad, x in value.pads.items()}
    return Masked(field.mul(value.constant, c), pads)


def sub(a, b):
    if type(a) is type(b) is tuple:
        return field.sub(a, b)
    return add(a, mul(b, (P - 1, 0, 0)))


def scaled(a, c):
    return tuple(x * c % P for x in a)


def base(c):
    return (c % P, 0, 0)


def eq_index(point, index):
    product = ONE
    for j, z in enumerate(point):
        product = mul(product, z if index >> (len(point) - 1 - j) & 1 else sub(ONE, z))
    return product


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


def factors_of(system, factors):
    """A product's first and second factor, the indices of each, and those they share."""
    model = any(system["tensors"][t]["role"] == MODEL for _, t, _ in factors[0][1])
    a, b = factors[::-1] if model else factors
    in_a, in_b = ({i for _, _, ps in f[1] for _, ts in ps for i, _ in ts} for f in (a, b))
    return a, b, in_a, in_b, sorted(in_a & in_b)


def count_pads(system, depth):
    """Section 14.3: the numbers of masked elements and of their products."""
    variables = [
        sum(ceil_log(indices[k]) for k in factors_of(system, factors)[4])
        for indices, _, terms in system["equalities"]
        for _, _, factors in terms if len(factors) == 2]
    messages = products = 0
    if depth is not None:
        messages, products = 2 + depth * (depth - 1) + 4 * depth, 1 + 3 * depth
    if variables:
        messages += 1 + 2 * max(variables) + 2 * len(variables)
    return messages, products + len(variables)


class Layout:
    def __init__(self, system, hiding):
        tensors, tables = system["tensors"], system["tables"]
        rows = [[t[1]] for t in tables] + [t["indices"][: t["rank"]] for t in system["rows"]]
        counts = [[t[1]] for t in tables] + [
            None if t["permutation"] else t["indices"][: t["rank"]] for t in system["rows"]]
        self.system = system
        self.lanes_log = min(range(2, 10), key=lambda l: (1181 << l) + (2 << self.rows(l).bits))
        self.model = self.rows(self.lanes_log)
        self.leaves = Stack([l[0][: tuple_rank(system, l)] for l in system["lookups"]] + rows)
        self.messages, self.products = 0, 0
        if hiding:
            depth = self.leaves.bits if self.leaves.count else None
            self.messages, self.products = count_pads(system, depth)
        self.pads = self.messages + 4 * self.products
        owners = [t["shape"] if is_witness(t) else None for t in tensors] + counts
        self.witness = Stack(owners + [[3, self.pads] if self.pads else None])
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
            self.block_shape(t, lanes_log) if t["role"] == MODEL else None
            for t in self.system["tensors"]])

    def shape(self, tensor):
        t = self.system["tensors"][tensor]
        return self.block_shape(t, self.lanes_log) if t["role"] == MODEL else t["shape"]


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
        is_model = self.layout.system["tensors"][tensor]["role"] == MODEL
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


# Sections 4 and 7 to 9, 14 and 15: the protocol.


class Data:
    """A commitment to data in a proof (section 15.3)."""

    def __init__(self, tensor, openings, root, count):
        self.tensor, self.root = tensor, root
        self.group = data_group(count, openings)
        require(self.group is not None, "dataCommitmentSize")


class Argument:
    """One run of the protocol: of a proof of inference, or of a certificate."""

    def __init__(self, domain, system, statement, messages, hiding, public, model, roots, data, limit):
        """`model` is its group, `roots` its copies; `limit` bounds the positions that are opened."""
        self.system, self.public, self.hiding = system, public, hiding
        self.layout = Layout(system, hiding)
        self.proof, self.at = messages, 0
        self.sent, self.taken, self.zeros = 0, [], []
        self.model, self.roots, self.data = model, roots, data
        self.committed = [model] * (model is not None) + [d.group for d in data]
        self.witness = None
        if self.layout.witness.count:
            self.witness = Group(self.layout.k, self.layout.m)
            if hiding:
                self.witness = hiding_witness(
                    self.layout.k, self.layout.witness.count, self.committed, limit)
        require(self.witness or not hiding, "tooLarge")
        self.groups = self.committed + [self.witness] * (self.witness is not None)
        self.queries = max([g.queries for g in self.groups], default=0)
        self.positions_log = max([g.domain for g in self.groups], default=0)
        self.copy_weights = [ONE]
        self.sponge = Sponge(domain)
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

    # Section 14.3: masked messages.

    def read_masked(self, label, count):
        values = self.read(label, count)
        if self.hiding:
            values = [Masked(v, {self.sent + i: ONE}) for i, v in enumerate(values)]
            self.sent += count
        return values

    def times(self, a, b):
        if not self.hiding:
            return mul(a, b)
        ((pad_a, _),), ((pad_b, _),) = a.pads.items(), b.pads.items()
        pad = self.layout.messages + len(self.taken)
        self.taken.append((pad_a, pad_b))
        sides = add(mul(b, a.constant), mul(Masked(ZERO, a.pads), b.constant))
        return add(sides, Masked(ZERO, {pad: ONE}))

    def require_zero(self, value, name):
        if self.hiding:
            self.zeros.append(value)
        else:
            require(value == ZERO, name)

    def settle(self):
        require((self.sent, len(self.taken)) == (self.layout.messages, self.layout.products), "pads")
        if not self.taken:
            return
        t = self.challenge(41)
        shown = self.read(42, 2 * len(self.taken))
        minus = lambda c: sub(ZERO, c)
        for j, (a, b) in enumerate(self.taken):
            rho, sigma = shown[2 * j : 2 * j + 2]
            c = self.layout.messages + j
            triple = self.layout.messages + self.layout.products + 3 * j
            third = [(c, t), (triple + 2, minus(ONE)), (a, minus(mul(t, sigma))), (b, minus(rho))]
            for constant, pads in (
                    (rho, [(a, minus(t)), (triple, ONE)]),
                    (sigma, [(b, minus(ONE)), (triple + 1, ONE)]),
                    (mul(rho, sigma), third)):
                zero = Masked(constant, {})
                for pad, coefficient in pads:
                    zero = add(zero, Masked(ZERO, {pad: coefficient}))
                self.zeros.append(zero)

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

    def plain_round(self, claim, labels, work=0, masked=False):
        c0, c2 = (self.read_masked if masked else self.read)(labels[0], 2)
        self.work(52, work)
        r = self.challenge(labels[1])
        c1 = sub(sub(sub(claim, c0), c0), c2)
        return add(mul(add(mul(c2, r), c1), r), c0), r

    def verify(self):
        witness_root = self.read_root(4) if self.witness else None
        self.combine_copies()
        self.draw_data_point()
        if self.system["rows"]:
            self.draw_check_point()
        claims = self.lookups() if self.layout.leaves.count else []
        if not self.system["rows"]:
            self.draw_check_point()
        claims += self.equalities()
        self.settle()
        chi, scale, value, terms = self.challenge(48), ONE, ZERO, []
        for claim_terms, claim_value in claims:
            terms += [(t, mul(c, scale), v) for t, c, v in claim_terms]
            value = add(value, mul(claim_value, scale))
            scale = mul(scale, chi)
        for zero in self.zeros:
            value = add(value, mul(zero, scale))
            scale = mul(scale, chi)
        for data in self.data:
            terms.append((data.tensor, sub(ZERO, scale), self.data_vectors(data.tensor)))
            data.scale = scale
            scale = mul(scale, chi)
        if isinstance(value, Masked):
            basis = {0: ONE, 1: (0, 1, 0), 2: (0, 0, 1)}
            owners = len(self.system["tables"]) + len(self.system["rows"])
            owner = len(self.system["tensors"]) + owners
            terms.append((owner, sub(ZERO, ONE), [basis, value.pads]))
            value = value.constant
        self.open(witness_root, terms, value)
        require(self.at == len(self.proof), "trailingBytes")

    # Sections 15.1 and 15.3.

    def combine_copies(self):
        further = len(self.roots) - 1
        if further < 1:
            return
        self.work(47, shortfall(further * ((1 << self.model.domain) + 1), 128))
        xi = self.challenge(44)
        powers = [xi]
        while len(powers) < further:
            powers.append(mul(powers[-1], xi))
        self.copy_weights = [sub(ONE, total(powers))] + powers

    def draw_data_point(self):
        if self.data:
            groups = [d.group for d in self.data]
            bad = max(max((g.lanes - 1) << g.domain, g.lanes << g.rows_log) for g in groups)
            self.work(46, shortfall(bad, 128))
            self.rho = self.challenge(45)

    def data_vectors(self, tensor):
        vectors, base_ = [], self.rho
        for size in reversed(self.system["tensors"][tensor]["shape"]):
            powers = [ONE]
            for _ in range(size):
                powers.append(mul(powers[-1], base_))
            base_ = powers.pop()
            vectors.append(dict(enumerate(powers)))
        return vectors[::-1]

    # Section 7.

    def lookups(self):
        tables = self.system["tables"]
        widths = [1 + len(t[2]) for t in tables] + [width(t) for t in self.system["rows"]]
        widest = max(widths, default=0)
        self.work(16, lookup_work(self.layout.leaves.count * max(widest, 1)))
        alpha, beta = self.sponge.challenges(17, 2)
        powers = [ONE]
        for _ in range(widest):
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
            shared = sub(alpha, mul(powers[widest], base(table + 1)))
            rows = row_table(self.system, table)
            if rows:
                lookup = lookups[owner] if owner < len(lookups) else None
                self.add_rows(
                    lookup, rows, weights, mul(s, shared), s, powers, numerators, denominators, table)
            elif owner < len(lookups):
                numerators.add_known(s)
                denominators.add_known(mul(s, shared))
                for column, power in zip(lookups[owner][1], powers):
                    minus = sub(ZERO, mul(s, power))
                    denominators.add_expression(column, weights, None, minus)
            else:
                first, _, columns, _ = tables[table]
                numerators.terms.append(
                    (len(self.system["tensors"]) + table, sub(ZERO, s), [weights[0]]))
                for j, w in weights[0].items():
                    row = [first + j] + [column[j] for column in columns]
                    for v, power in zip(row, powers):
                        shared = sub(shared, mul(scaled(w, v), power))
                denominators.add_known(mul(s, shared))
        denominators.add_known(sub(ONE, covered))
        return [numerators.claim(p), denominators.claim(q)]

    def add_rows(self, lookup, rows, weights, known, s, powers, numerators, denominators, table):
        """A box of a lookup in a table of rows, or of the table itself, where there is no lookup."""
        columns, blocks = self.column_weights(rows, first=len(weights))
        numbers = shared_rank(self.system, lookup) if lookup else rows["rank"]
        for k in range(numbers):
            position = total([scaled(w, i) for i, w in weights[k].items()])
            known = sub(known, mul(mul(s, powers[k]), position))
        denominators.add_known(known)
        minus = lambda power: sub(ZERO, mul(s, power))
        if lookup:
            numerators.add_known(s)
            *own, last = lookup[1]
            for column, power in zip(own, powers[numbers:]):
                denominators.add_expression(column, weights, None, minus(power))
            denominators.add_expression(last, weights | columns, None, minus(powers[rows["rank"]]))
            return
        if rows["permutation"]:
            numerators.add_known(sub(ZERO, s))
        else:
            vectors = [weights[k] for k in range(rows["rank"])]
            numerators.terms.append((len(self.system["tensors"]) + table, sub(ZERO, s), vectors))
        denominators.add_expression(
            rows["source"], weights | columns, blocks, minus(powers[rows["rank"]]))

    def tree(self):
        q = self.read_masked(18, 1)[0]
        if self.hiding:
            self.require_zero(sub(self.times(q, self.read_masked(40, 1)[0]), ONE), "")
        else:
            require(q != ZERO, "fractionDenominatorIsNonzero")
        p, z = ZERO, []
        for _ in range(self.layout.leaves.bits):
            rho, point = self.challenge(19), []
            claim = add(p, mul(rho, q))
            for coordinate in z:
                require(coordinate != ZERO, "fractionPointIsNonzero")
                h0, c2 = self.read_masked(20, 2)
                h1 = add(h0, mul(sub(claim, h0), inverse(coordinate)))
                r = self.challenge(21)
                linear = sub(sub(h1, h0), c2)
                claim = add(h0, mul(r, add(linear, mul(c2, r))))
                point.append(r)
            p0, p1, q0, q1 = self.read_masked(22, 4)
            cross = add(self.times(p0, q1), self.times(p1, q0))
            end = add(cross, mul(rho, self.times(q0, q1)))
            self.require_zero(sub(end, claim), "fractionLayer")
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
                    if self.system["tensors"][tensor]["role"] == MODEL:
                        return positions[0][1][0][0]
        return None

    def row_lane(self, rows):
        for _, tensor, positions in rows["source"][1]:
            if self.system["tensors"][tensor]["role"] == MODEL:
                return positions[0][1][0][0] - rows["rank"]
        return None

    def draw_check_point(self):
        """The coordinates at which equalities and columns of rows are compared (section 8.1)."""
        system, lam = self.system, self.layout.lanes_log
        domains = [(e[0][: e[1]], self.lane_index(e)) for e in system["equalities"]]
        domains += [(t["indices"][t["rank"] :], self.row_lane(t)) for t in system["rows"]]
        lane_bits, axis_bits = lam, []
        for sizes, lane in domains:
            for k, size in enumerate(sizes):
                axis_bits += [0] * (k + 1 - len(axis_bits))
                if k == lane:
                    lane_bits = max(lane_bits, ceil_log(size))
                else:
                    axis_bits[k] = max(axis_bits[k], ceil_log(size))
        self.work(31, shortfall(lam * self.model.bad, 128) if self.model else 0)
        point = self.sponge.challenges(32, lane_bits + sum(axis_bits))
        self.lane_point, self.axes, at = point[:lane_bits], [], lane_bits
        for bits in axis_bits:
            self.axes.append(point[at : at + bits])
            at += bits
        self.tau = self.lane_point[lane_bits - lam :]

    def domain_weights(self, sizes, lane):
        """The weights of a domain's indices, and of the blocks of lanes."""
        weights, blocks, lam = [], None, self.layout.lanes_log
        for k, size in enumerate(sizes):
            bits = ceil_log(size)
            if k == lane:
                u = self.lane_point[len(self.lane_point) - max(bits, lam) :]
                blocks = dict(enumerate(eq_table(u[: len(u) - lam])))
            else:
                u = self.axes[k][len(self.axes[k]) - bits :]
            weights.append(dict(enumerate(eq_table(u)[:size])))
        return weights, blocks

    def column_weights(self, rows, first):
        """Those of a table's columns, under the numbers of their indices from `first` on."""
        weights, blocks = self.domain_weights(rows["indices"][rows["rank"] :], self.row_lane(rows))
        return dict(enumerate(weights, first)), blocks

    def equalities(self):
        system, gamma = self.system, self.challenge(33)
        lanes = [self.lane_index(e) for e in system["equalities"]]
        linear, products, scale = Form(self.layout, self.public), [], ONE
        for (indices, rank, terms), lane in zip(system["equalities"], lanes):
            domain, blocks = self.domain_weights(indices[:rank], lane)
            weights = dict(enumerate(domain))
            for k in range(rank, len(indices)):
                weights[k] = {i: ONE for i in range(indices[k])}
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
            a, b, in_a, in_b, shared = factors_of(self.system, factors)
            for k in part:
                if k not in in_a | in_b:
                    scale = mul(scale, total(part[k].values()))
            bits = [ceil_log(indices[k]) for k in shared]
            plans.append((indices, part, blocks, scale, a, b, in_a, in_b, shared, bits))
        value = self.read_masked(34, 1)[0]
        rounds = max(sum(plan[-1]) for plan in plans)
        claim, point = value, []
        for _ in range(rounds):
            claim, r = self.plain_round(claim, (35, 36), masked=True)
            point.append(r)
        values = self.read_masked(37, 2 * len(plans))
        end, claims = ZERO, []
        for t, (indices, part, blocks, scale, a, b, in_a, in_b, shared, bits) in enumerate(plans):
            va, vb = values[2 * t : 2 * t + 2]
            half = pow((P + 1) // 2, rounds - sum(bits), P)
            end = add(end, mul(scaled(scale, half), self.times(va, vb)))
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
        self.require_zero(sub(end, claim), "productSumCheck")
        return claims, value

    # Section 9, and section 14.5 for what masks change in it.

    def read_leaves(self, root, domain_log, positions, width):
        _, elements = self.elements(width * len(positions))
        nodes, leaves = {}, {}
        for place in multiproof_nodes(domain_log, positions):
            nodes[place] = self.take(32)
        for i, position in enumerate(positions):
            leaves[position] = elements[i * width : (i + 1) * width]
            nodes[0, position] = leaf_hash(leaves[position])
        known = positions
        for level in range(domain_log):
            known = sorted({n >> 1 for n in known})
            for n in known:
                both = nodes[level, 2 * n] + nodes[level, 2 * n + 1]
                nodes[level + 1, n] = blake3(both, key=NODE_KEY).digest()
        require(nodes[domain_log, 0] == root, "merklePath")
        return leaves

    def open_oracles(self, oracles, queries, log):
        """The answers (x, y) of each oracle (section 9.2), with the masks, which the last one holds."""
        indices = sorted(set(self.sponge.indices(53, queries, log)))
        opened = []
        for o in oracles:
            positions = sorted({i % (1 << o.domain) for i in indices})
            copies = [self.read_leaves(root, o.domain, positions, o.width) for root in o.roots]
            opened.append([{p: o.fold(leaves[p]) for p in positions} for leaves in copies])

        def element(i, number):
            last, first = oracles[-1], len(oracles[-1].lanes) + 3 * number
            return tuple(copies[0][i % (1 << last.domain)][first : first + 3])

        answers = []
        for o, copies_ in zip(oracles, opened):
            answers.append([])
            for i in indices:
                position = i % (1 << o.domain)
                y = total([mul(w, c[position]) for w, c in zip(o.copy_weights, copies_)])
                if o.is_masked:
                    y = mul(self.delta, y)
                if o.mask is not None:
                    y = add(y, element(i, o.mask))
                answers[-1].append((pow(root_of_unity(o.domain), position, P), y))
        return answers

    def group_oracles(self, witness_root, sigma):
        oracles, hidden = [], 0
        for i, g in enumerate(self.committed):
            lanes, roots, weights = eq_table(self.tau), self.roots, self.copy_weights
            if i >= len(self.committed) - len(self.data):
                data = self.data[i - len(self.committed)]
                roots, weights, lanes = [data.root], [ONE], [ONE]
                while len(lanes) < g.lanes:
                    lanes.append(mul(lanes[-1], self.rho))
            o = Oracle(roots, g.domain, lanes, 1, copy_weights=weights, is_masked=self.hiding)
            if self.hiding and g.tail:
                o.mask, hidden = 1 + hidden, hidden + 1
            oracles.append(o)
        if self.witness:
            lanes = eq_table(sigma)[: self.witness.lanes] + [ONE] * self.hiding
            o = Oracle([witness_root], self.witness.domain, lanes, 1, is_masked=self.hiding)
            if self.hiding:
                o.mask, o.width = 0, o.width + 3 * (1 + hidden)
            oracles.append(o)
        return oracles

    def open(self, witness_root, terms, value):
        if not self.groups:
            require(value == ZERO, "openingFinalClaim")
            return
        sigma, factor = [], ONE
        if self.hiding:
            mu = self.read(65, 1)[0]
            factor = self.challenge(66)
            require(factor != ZERO, "openingMaskFactor")
            value = add(mu, mul(factor, value))
        if self.witness:
            work = shortfall(self.witness.bad + (3 if self.hiding else 2), 128)
            for _ in range(ceil_log(self.witness.lanes)):
                value, r = self.plain_round(value, (49, 50), work)
                sigma.append(r)
        if self.hiding:
            y = self.read(67, 1)[0]
            self.work(52, mask_work(self.committed, self.witness))
            self.delta = self.challenge(68)
            require(self.delta != ZERO, "openingMaskFactor")
            value = add(y, mul(self.delta, value))
        places, end = fold_vector(self.groups)
        n, current = ceil_log(end), ceil_log(end)
        oracles, pieces = self.group_oracles(witness_root, sigma), places
        queries, log = self.queries, self.positions_log
        _, _, steps, final_log = best_plan(n, end if self.hiding else None)
        z, forms = [], []
        for i, (lanes_log, rows_log, domain_log, step_queries, work) in enumerate(steps):
            root = self.read_root(51)
            answers = self.open_oracles(oracles, queries, log)
            zeta, power = self.challenge(56), ONE
            for group_pieces, group_answers in zip(pieces, answers):
                points = []
                for x, y in group_answers:
                    power = mul(power, zeta)
                    value = add(value, mul(power, y))
                    points.append((x, power))
                forms += [(current, piece, points) for piece in group_pieces]
            for _ in range(lanes_log):
                value, r = self.plain_round(value, (49, 50), work)
                z.append(r)
            weights = eq_table(z[len(z) - lanes_log :])
            if self.hiding and i == 0:
                weights = weights[: -(-end // (1 << rows_log))]
            oracles, pieces = [Oracle([root], domain_log, weights, 3)], [[(0, rows_log, 0)]]
            current, queries, log = rows_log, step_queries, domain_log
        final = self.read(57, 1 << final_log)
        for group_pieces, answers in zip(pieces, self.open_oracles(oracles, queries, log)):
            for x, y in answers:
                at_x = ZERO
                for offset, log_, exponent in group_pieces:
                    for i, c in enumerate(final[offset : offset + (1 << log_)]):
                        at_x = add(at_x, scaled(c, pow(x, exponent + i, P)))
                require(at_x == y, "openingFinalVector")
        for _ in range(final_log):
            value, r = self.plain_round(value, (49, 50))
            z.append(r)
        weight = add(
            mul(factor, self.group_weights(places, terms, sigma, z)), self.round_weights(places, sigma, z))
        for length, (offset, log_, exponent), points in forms:
            own = z[n - length :]
            selector, inner = eq_index(own[: length - log_], offset >> log_), own[length - log_ :]
            for x, coefficient in points:
                powers = mul(scaled(coefficient, pow(x, exponent, P)), power_value(base(x), inner))
                weight = add(weight, mul(selector, powers))
        last = total([mul(w, f) for w, f in zip(eq_table(z[n - final_log :]), final)])
        require(mul(last, weight) == value, "openingFinalClaim")

    def group_weights(self, places, terms, sigma, z):
        """The form of section 9.4 at z."""
        weight, share = ZERO, pow((P + 1) // 2, len(sigma), P)
        for i, (g, ((offset, log, _), *_)) in enumerate(zip(self.groups, places)):
            selector, inner = eq_index(z[: len(z) - log], offset >> log), z[len(z) - log :]
            if g is self.witness:
                inside = form_weight(self.layout.witness, terms, sigma + inner)
            elif g is self.model:
                inside = scaled(form_weight(self.layout.model, terms, inner), share)
            else:
                data, step = self.data[i - len(self.committed)], ONE
                for _ in range(g.lanes):
                    step = mul(step, self.rho)
                inside = scaled(mul(data.scale, power_value(step, inner)), share)
            weight = add(weight, mul(selector, inside))
        return weight

    def round_weights(self, places, sigma, z):
        """The weights on the polynomial of the rounds (section 14.5, step 4)."""
        weight = ZERO
        if not self.hiding:
            return weight
        exponent = self.witness.k - 9 * len(sigma)
        for r in sigma:
            for w in (ONE, r, mul(r, r)):
                for x in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
                    (offset, _, first), = (p for p in places[-1] if 0 <= exponent - p[2] < 1 << p[1])
                    weight = add(weight, mul(mul(w, x), eq_index(z, offset + exponent - first)))
                    exponent += 1
        return weight


class Oracle:
    """Commitments to lanes of one shape, and how they are folded."""

    def __init__(self, roots, domain, lanes, degree, copy_weights=(ONE,), is_masked=False):
        self.roots, self.domain, self.lanes, self.degree = roots, domain, lanes, degree
        self.copy_weights, self.is_masked = copy_weights, is_masked
        self.width, self.mask = degree * len(lanes), None

    def fold(self, leaf):
        m = len(self.lanes)
        if self.degree == 1:
            return total([scaled(w, e) for w, e in zip(self.lanes, leaf)])
        return total([mul(w, tuple(leaf[l : 3 * m : m])) for l, w in enumerate(self.lanes)])


def power_value(x, point):
    """The multilinear polynomial of 1, x, x², … at a point."""
    value = ONE
    for coordinate in reversed(point):
        value = mul(value, add(ONE, mul(coordinate, sub(x, ONE))))
        x = mul(x, x)
    return value


# Section 11: files.


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        require(self.at + count <= len(self.data), "truncated")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), "little")


class Key:
    def __init__(self, file):
        require(blake3(file[:-32]).digest() == file[-32:], "corrupted")
        r = Bytes(file[:-32])
        require(r.take(8) == b"ASSAYVK\0", "foreign")
        require(r.number(4) == 5, "unsupportedVersion")
        try:
            length = r.number(8)
            require(length <= BYTES, "malformed")
            self.system = bounded(read_system(r.take(length)), "malformed")
        except Malformed:
            raise Rejected("malformed")
        flags = r.number(1)
        require(flags < 8 and (flags < 4 or flags == 7), "malformed")
        self.has_model, self.hiding, self.hides_model = (bool(flags & bit) for bit in (1, 2, 4))
        self.openings = r.number(4) if self.hides_model else 0
        self.pinned = r.take(32) if self.has_model else None
        self.identity = blake3(file[: r.at]).digest()
        further = r.number(2) if self.hides_model else 0
        require((1 <= further <= 32) == self.hides_model, "malformed")
        self.roots = [r.take(32) for _ in range(further)]
        self.certificate = r.take(r.number(4))
        self.derivation = r.take(r.number(4))
        require(len(self.derivation) <= 1 << 26, "malformed")
        require(r.at == len(r.data), "trailingBytes")
        self.model, self.limit = self.choose_model()

    def choose_model(self):
        """The model's group, and how many positions a proof of it may open (section 14.4)."""
        if not self.has_model:
            return None, None
        layout = Layout(self.system, self.hiding)
        rows, lanes = layout.model.bits, 1 << layout.lanes_log
        if not self.hides_model:
            return Group(rows, lanes), None
        return hidden_model(
            rows, lanes, self.openings,
            lambda model: hiding_witness(layout.k, layout.witness.count, [model]))

    def verify_certificate(self):
        statement = self.identity + bytes([self.hides_model]) + le(len(self.roots), 2)
        system = certificate_system(self.system)
        Argument(
            b"Assay v5 proof of a model", system, statement + b"".join(self.roots), self.certificate,
            self.hides_model, [None] * len(system["tensors"]), self.model,
            [self.pinned] + self.roots, [], POSITIONS if self.hides_model else None).verify()


class Proof:
    def __init__(self, file, key):
        r = Bytes(file)
        require(r.take(8) == b"ASSAYPF\0", "foreign")
        require(r.number(4) == 5, "unsupportedVersion")
        require(r.take(32) == key.identity, "otherKey")
        mode, self.batch = r.number(1), r.number(4)
        require(mode <= key.hiding and 1 <= self.batch <= 1 << 20, "foreign")
        self.hiding = mode == 1
        require(self.hiding or not key.hides_model, "notHiding")
        root = r.take(32) if key.hides_model else key.pinned
        require(not key.hides_model or root in key.roots, "unknownCommitment")
        listed = [(r.number(4), r.number(4), r.take(32)) for _ in range(r.number(1))]
        require(self.hiding or not listed, "notHiding")
        flag = r.number(1)
        require(flag <= 1, "foreign")
        self.context = r.take(32) if flag else None
        statement = r.data[12 : r.at]
        self.system = bounded(batched(key.system, self.batch), "unsupportedBatch")
        data, last = [], -1
        for tensor, openings, data_root in listed:
            require(tensor > last, "dataCommitmentOrder")
            last, tensors = tensor, self.system["tensors"]
            require(
                tensor < len(tensors) and tensors[tensor]["role"] > WITNESS, "dataCommitmentTensor")
            data.append(Data(tensor, openings, data_root, math.prod(tensors[tensor]["shape"])))
        self.public = []
        for t in self.system["tensors"]:
            width = max(1, -(-(t["high"] - t["low"]).bit_length() // 8))
            values = None
            if t["role"] in PUBLIC:
                values = [r.number(width) + t["low"] for _ in range(math.prod(t["shape"]))]
                require(all(v <= t["high"] for v in values), "publicTensorRange")
                statement += b"".join(v.to_bytes(8, "little", signed=True) for v in values)
            self.public.append(values)
        self.argument = Argument(
            b"Assay v5 proof of inference", self.system, statement, file[r.at :], self.hiding,
            self.public, key.model, [root] if key.has_model else [], data,
            key.limit if self.hiding else None)


def check_tables(system):
    """Computes the tables again that are named by formulas, and says how many there are."""
    import tables

    count = 0
    for table in system["tables"]:
        if table[2] and tables.columns(table[3]):
            count += 1
            try:
                wrong = tables.first_wrong_row(table)
            except tables.Undefined:
                raise Rejected(f"table {ascii(table[3])} has no value somewhere")
            if wrong:
                x, column, found, right = wrong
                raise Rejected(
                    f"table {ascii(table[3])}: column {column} has {found} at x = {x}, where {right} "
                    "is right")
    print(count, "table" if count == 1 else "tables", "of real functions, computed again")


def main():
    allowed, checks = "--allow-unproven-key", "--check-tables"
    paths = [argument for argument in sys.argv[1:] if argument not in (allowed, checks)]
    files = [open(path, "rb").read() for path in paths[:2]]
    try:
        key = Key(files[0])
        if key.certificate:
            key.verify_certificate()
        proven = bool(key.certificate) or not key.has_model
        require(proven or allowed in sys.argv, "unproven")
        if checks in sys.argv:
            check_tables(key.system)
        proof = Proof(files[1], key) if len(files) > 1 else None
        if proof:
            proof.argument.verify()
    except Rejected as reason:
        print("rejected:", reason)
        return 1
    # An identity that nothing ties the weights to names no model.
    print("accepted;", "a proven key, identity " + key.identity.hex() if proven else "an UNPROVEN key")
    print("key file", files[0][-32:].hex())
    if proof:
        print("a hiding proof," if proof.hiding else "a plain proof,", "batch of", proof.batch)
        print("context", proof.context.hex() if proof.context else "none")
        # Numbers tell tensors apart; what names look like does not.
        for number, (tensor, values) in enumerate(zip(proof.system["tensors"], proof.public)):
            if values is not None:
                reals = [v / 2 ** tensor["bits"] for v in values[:16]]
                print("tensor", number, ascii(tensor["name"]), tensor["shape"], reals)
        for data in proof.argument.data:
            name = ascii(proof.system["tensors"][data.tensor]["name"])
            print("tensor", data.tensor, name, "committed in", data.root.hex())
    return 0


if __name__ == "__main__":
    sys.exit(main())
