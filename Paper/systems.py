"""Section 3 for the second verifier: a system's bytes, its batches and its certificate's system."""

import itertools
import math


class Malformed(Exception):
    pass


PUBLIC, MODEL, WITNESS = (0, 1), 2, 3
STEPS, WEIGHTS, BYTES = 1 << 27, 1 << 23, 1 << 26
VALUE, ROWS, TABLE_VALUES = 1 << 48, 1 << 16, 1 << 23


def is_witness(tensor):
    """Roles 3 to 5: committed in each proof."""
    return tensor["role"] >= WITNESS


# Section 3.6.


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if self.at + count > len(self.data):
            raise Malformed
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


def read_system(data):
    """Tensors are dictionaries; tables (first, rows, columns after the first, name); tables of rows
    dictionaries; equalities (indices, rank, terms); lookups (indices, columns, table). Statements have no
    names, and of indices the sizes only."""
    r, table_values = Reader(data), 0

    def tensor():
        fields = r.name(), r.list(r.integer), r.take(1)[0], r.integer(), r.integer(), r.integer()
        return dict(zip(("name", "shape", "role", "low", "high", "bits"), fields))

    def column(rows):
        values, before, last = [], 0, 0

        def append(bend):
            nonlocal before, last
            before, last = last, 2 * last - before + bend
            values.append(last)
            if abs(last) > VALUE or len(values) > rows:
                raise Malformed

        for _ in range(r.unsigned()):
            zeros, kind = divmod(r.unsigned(), 3)
            if zeros >= rows:
                raise Malformed
            bend = (1, -1, None)[kind]
            if bend is None:
                bend = r.integer()
                if -1 <= bend <= 1:
                    raise Malformed
            for _ in range(zeros):
                append(0)
            append(bend)
        while len(values) < rows:
            append(0)
        return values

    tables, row_tables = [], []

    def table():
        name, first, rows = r.name(), r.integer(), r.integer()
        if rows == 0:
            if first not in (0, 1):
                raise Malformed
            sizes, rank = indices(), r.integer()
            row_tables.append(
                {"indices": sizes, "rank": rank, "source": expression(), "permutation": first == 1})
            return
        if row_tables:
            raise Malformed
        count = r.unsigned()
        if count and not 1 <= rows <= ROWS:
            raise Malformed
        nonlocal table_values
        table_values += count * rows
        if table_values > TABLE_VALUES:
            raise Malformed
        tables.append((first, rows, [column(rows) for _ in range(count)], name))

    def affine():
        return r.integer(), r.list(lambda: (r.integer(), r.integer()))

    def expression():
        return r.integer(), r.list(lambda: (r.integer(), r.integer(), r.list(affine)))

    def indices():
        return [size for _, size in r.list(lambda: (r.name(), r.integer()))]

    def term():
        return r.integer(), r.list(r.integer), r.list(expression)

    system = {"tensors": r.list(tensor)}
    r.list(table)
    system["tables"], system["rows"] = tables, row_tables
    system["equalities"] = r.list(lambda: (r.name(), indices(), r.integer(), r.list(term))[1:])
    system["lookups"] = r.list(lambda: (r.name(), indices(), r.list(expression), r.integer())[1:])
    if r.at != len(data):
        raise Malformed
    return system


# Section 3.1: lookups in tables of rows.


def row_table(system, number):
    """None for a public table."""
    place = number - len(system["tables"])
    return system["rows"][place] if place >= 0 else None


def width(table):
    return table["rank"] + 1


def tuple_rank(system, lookup):
    """How many of a lookup's indices number its tuples."""
    table = row_table(system, lookup[2])
    return len(lookup[0]) - (len(table["indices"]) - table["rank"] if table else 0)


def shared_rank(system, lookup):
    """How many of them are numbers of rows."""
    table = row_table(system, lookup[2])
    return width(table) - len(lookup[1]) if table else 0


# Section 3.4: what verifying a system takes.


def boxes(sizes):
    return math.prod(size.bit_count() for size in sizes)


def work(system):
    """The system's steps and weights."""
    steps = weights = 0
    tensors = system["tensors"]

    def add_read(tensor, positions, place):
        nonlocal steps, weights
        cells, parts = 1, boxes(tensor["shape"])
        for (constant, terms), size in zip(positions, tensor["shape"]):
            is_shift, length = [step for _, step in terms] == [1], 1
            for index, step in sorted(terms, key=lambda term: abs(term[1])):
                longer = length + abs(step) * (place[index] - 1)
                steps += 0 if is_shift else length * place[index] + longer
                length = longer
            weights += 0 if is_shift else length
            reach = min(length, size)
            cells *= reach
            if tensor["role"] not in PUBLIC and not (is_shift and constant == 0):
                steps += reach * parts // size.bit_count()
        steps += cells if tensor["role"] in PUBLIC else 64 * parts

    for indices, _, terms in system["equalities"]:
        for _, _, factors in terms:
            steps += 512 * (len(factors) == 2)
            for _, reads in factors:
                for _, tensor, positions in reads:
                    add_read(tensors[tensor], positions, indices)
    leaves = [(l[0], tuple_rank(system, l), l[1]) for l in system["lookups"]]
    leaves += [(t["indices"], t["rank"], [t["source"]]) for t in system["rows"]]
    for indices, rank, columns in leaves:
        segments = [[1 << b for b in range(n.bit_length()) if n >> b & 1] for n in indices[:rank]]
        segments += [[n] for n in indices[rank:]]
        for place in itertools.product(*segments):
            steps += 64
            for _, reads in columns:
                for _, tensor, positions in reads:
                    add_read(tensors[tensor], positions, place)
    for lookup in system["lookups"]:
        if table := row_table(system, lookup[2]):
            segments = boxes(lookup[0][: tuple_rank(system, lookup)])
            steps += 16 * segments * len(table["source"][1])
    for table in system["rows"]:
        if not table["permutation"]:
            steps += 8 * boxes(table["indices"][: table["rank"]]) ** 2
    return steps, weights


# Section 3.5: whether a read takes every element of its tensor.


def covers(read, indices, tensors):
    _, tensor, positions = read
    for (constant, terms), size in zip(positions, tensors[tensor]["shape"]):
        low, length = constant, 1
        for index, step in sorted(terms, key=lambda term: abs(term[1])):
            last = indices[index] - 1
            if last and abs(step) > length:
                return False
            length += abs(step) * last
            low += min(step, 0) * last
        if low > 0 or low + length < size:
            return False
    return True


# Section 3.8.


def common_tensors(system):
    tensors = system["tensors"]
    common = [t["role"] == MODEL for t in tensors]

    def determined(equality):
        indices, _, terms = equality
        reads = [
            (read, len(factors) == 1 and not summed)
            for _, summed, factors in terms for _, reads in factors for read in reads
            if not common[read[1]]]
        if len(reads) != 1:
            return None
        (read, simple), = reads
        fits = simple and tensors[read[1]]["role"] == WITNESS and covers(read, indices, tensors)
        return read[1] if fits else None

    for _ in range(100):
        progress = False
        for equality in system["equalities"]:
            tensor = determined(equality)
            if tensor is not None:
                common[tensor] = progress = True
        if not progress:
            break
    return common


def batched(system, count):
    if count == 1:
        return system
    common = common_tensors(system)

    def expression(e, place=0):
        """With the new index at a place among the others."""
        def moved(i):
            return i if i < place else i + 1

        return e[0], [
            (c, t, ([] if common[t] else [(0, [(place, 1)])])
                + [(constant, [(moved(i), step) for i, step in terms]) for constant, terms in positions])
            for c, t, positions in e[1]]

    def reads_own(expressions):
        return any(not common[t] for _, reads in expressions for _, t, _ in reads)

    result = dict(system)
    result["tensors"] = [
        t if common[i] else t | {"shape": [count] + t["shape"]}
        for i, t in enumerate(system["tensors"])]
    result["equalities"] = [
        e if not reads_own([f for _, _, factors in e[2] for f in factors]) else (
            [count] + e[0], e[1] + 1,
            [(c, [i + 1 for i in summed], [expression(f) for f in factors])
                for c, summed, factors in e[2]])
        for e in system["equalities"]]
    own = [
        reads_own([t["source"]]) or t["permutation"] and any(
            row_table(system, l[2]) is t and reads_own(l[1]) for l in system["lookups"])
        for t in system["rows"]]

    def lookup(l):
        number = l[2] - len(system["tables"])
        is_own = number >= 0 and own[number]
        if not is_own and not reads_own(l[1]):
            return l
        place = 0 if is_own else shared_rank(system, l)
        return l[0][:place] + [count] + l[0][place:], [expression(c, place) for c in l[1]], l[2]

    result["lookups"] = [lookup(l) for l in system["lookups"]]
    result["rows"] = [
        t if not is_own else t | {
            "indices": [count] + t["indices"], "rank": t["rank"] + 1, "source": expression(t["source"])}
        for t, is_own in zip(system["rows"], own)]
    return result


# Section 3.9.


def certificate_system(system):
    models = [t for t in system["tensors"] if t["role"] == MODEL]
    result = {"tensors": list(models), "tables": [], "rows": [], "equalities": [], "lookups": []}

    def read(coefficient, tensor, shape):
        return coefficient, tensor, [(0, [(axis, 1)]) for axis in range(len(shape))]

    def add_tensor(shape):
        result["tensors"].append({"name": "", "shape": shape, "role": WITNESS, "low": 0, "high": 0})
        return len(result["tensors"]) - 1

    def add_equality(shape, terms, constant):
        factor = constant, [read(c, t, shape) for c, t in terms]
        result["equalities"].append((shape, len(shape), [(1, [], [factor])]))

    def add_lookup(shape, tensor, constant, rows):
        if (0, rows, [], "") not in result["tables"]:
            result["tables"].append((0, rows, [], ""))
        table = result["tables"].index((0, rows, [], ""))
        result["lookups"].append((shape, [(constant, [read(1, tensor, shape)])], table))

    def add_limbs(shape, span):
        limbs = []
        while span > 0:
            limbs.append((-(1 << 16 * len(limbs)), add_tensor(shape)))
            add_lookup(shape, limbs[-1][1], 0, min(span, 2**16 - 1) + 1)
            span >>= 16
        return limbs

    for number, model in enumerate(models):
        shape, low, high = model["shape"], model["low"], model["high"]
        copy = add_tensor(shape)
        add_equality(shape, [(1, copy), (-1, number)], 0)
        if high - low < 2**16:
            add_lookup(shape, copy, -low, high - low + 1)
        else:
            add_equality(shape, [(1, copy)] + add_limbs(shape, high - low), -low)
            add_equality(shape, [(-1, copy)] + add_limbs(shape, high - low), high)
    return result
