// swift-format-ignore-file
// Made by Circuits/embed.sh from the files in Circuits/integer/.
let standardCircuits: [(name: String, text: String)] = [
  (
    "Circuits/integer/activation.circuit",
    #"""
    # Activations of 16-bit values as tables of 2^16 rows. A lookup also shows that x is one of the
    # arguments, so x needs no other bound.

    # x where it is not negative, otherwise x·numerator / 2^bits rounded half up.
    table leaky_relu(x: i16; numerator: int, bits: nat) =
      select(x < 0, (x * numerator + 2^bits / 2) / 2^bits, x)

    table clip(x: i16; low: int, high: int) = min(max(x, low), high)
    
    """#
  ),
  (
    "Circuits/integer/argmax.circuit",
    #"""
    # The position of the greatest element along the last axis: of several the first, or the last where
    # `last` is 1.
    #
    # before[j] says that j lies before that position: ones, then zeros. m is at least every element,
    # and greater than those before the position; the element at the position is m. So m is the greatest
    # element, and the position is the first that has it.
    circuit argmax(x: any[..., size]; last: nat) -> (index: range(size)[...]) {
      require last <= 1
      if last == 1 {
        turned[..., j] := x[..., size - 1 - j] for j in size
        place := first_greatest(turned)
        hint index[...] = size - 1 - place[...]
        assert index[...] == size - 1 - place[...]
      } else {
        index := first_greatest(x)
      }
    }

    circuit first_greatest(x: any[..., size]) -> (index: range(size)[...]) {
      if size == 1 {
        hint index[...] = 0
        assert index[...] == 0
      } else {
        hint m[...]: like(x) = max(j) x[..., j]
        hint index[...] = min(j in size) select(x[..., j] == m[...], j, size)
        # The last element has nothing after it, so it needs no entry; it reads as zero.
        hint before[..., j]: bool = j < index[...] for j in size - 1
        lookup before[..., j] in bool
        gap[..., j] := m[...] - x[..., j]
        lookup gap[..., j] - before[..., j] in nonnegative(2^bits_of(gap)) for j in size
        if size > 2 {
          assert before[..., j] * (1 - before[..., j - 1]) == 0 for j in 1..<size - 1
        }
        # Of m the one element counts at which `before` ends.
        assert sum(j in 1..<size) (before[..., j - 1] - before[..., j]) * (m[...] - x[..., j])
          + (1 - before[..., 0]) * (m[...] - x[..., 0]) == 0
        assert index[...] == sum(j) before[..., j]
        bound m
      }
    }
    
    """#
  ),
  (
    "Circuits/integer/carried.circuit",
    #"""
    # What a loop hands on: each state is what the step before has left, and the first one what is given.
    # `left` is nothing at the first step, and `given` at all others.
    circuit carried(state: any[...], left: any[...], given: any[...]) -> () {
      assert state[...] == left[...] + given[...]
    }
    
    """#
  ),
  (
    "Circuits/integer/compare.circuit",
    #"""
    # y says whether a < b.
    #
    # With d = a − b in −2^w..<2^w, d + y·2^w is in 0..<2^w for y = 1 if d < 0, and for y = 0 if not.
    circuit less(a: any[...], b: any[...]) -> (y: bool[...]) {
      d[...] := a[...] - b[...]
      hint y[...] = a[...] < b[...]
      lookup y[...] in bool
      lookup d[...] + y[...] * 2^bits_of(d) in range(2^bits_of(d))
    }

    # y says whether a = b: neither is less than the other.
    circuit equal(a: any[...], b: any[...]) -> (y: bool[...]) {
      below := less(a, b)
      above := less(b, a)
      hint y[...] = a[...] == b[...]
      assert y[...] == 1 - below[...] - above[...]
    }
    
    """#
  ),
  (
    "Circuits/integer/divided.circuit",
    #"""
    # y = ⌊acc / divisor + 1/2⌋, of `width` bits, for a divisor that everybody knows.
    #
    # acc + ⌊divisor / 2⌋ = y·divisor + r with 0 ≤ r < divisor has one solution, so that the lookup of r
    # leaves no choice. That y fits its width follows from what reads it, or is looked up.
    circuit divided(acc: any[...]; divisor: positive, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      require divisor <= 2^46 and width <= 47
      hint y[...] = (acc[...] + divisor / 2) / divisor
      lookup acc[...] + divisor / 2 - y[...] * divisor in range(divisor)
      bound y
    }
    
    """#
  ),
  (
    "Circuits/integer/division.circuit",
    #"""
    # Quotients that are integers, and what they leave. a may be any sum.

    # y = ⌊a / divisor⌋, of `width` bits, for a divisor that everybody knows.
    #
    # a = y·divisor + r with 0 ≤ r < divisor has one solution, so that the lookup of r leaves no choice.
    circuit floored(a: any[...]; divisor: positive, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      require divisor <= 2^46 and width <= 47
      hint y[...] = a[...] / divisor
      lookup a[...] - y[...] * divisor in range(divisor)
      bound y
    }

    # The same quotient cut off towards zero: where a is negative, a + divisor − 1 is rounded down.
    circuit truncated(a: any[...]; divisor: positive, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      if linear(a) {
        c[...] := a[...]
      } else {
        c := copy(a)
      }
      hint n[...]: bool = c[...] < 0
      lookup n[...] in bool
      lookup c[...] + n[...] * 2^bits_of(c) in range(2^bits_of(c))
      raised[...] := c[...] + (divisor - 1) * n[...]
      y := floored(raised; divisor, width)
    }

    # What ⌊a / divisor⌋ leaves of a. The quotient has `width` bits.
    circuit remainder(a: any[...]; divisor: positive, width: positive) -> (y: range(divisor)[...]) {
      require divisor <= 2^46 and width <= 47
      hint q[...]: int(-2^(width - 1), 2^(width - 1) - 1) = a[...] / divisor
      hint y[...] = a[...] % divisor
      assert a[...] == q[...] * divisor + y[...]
      lookup y[...] in range(divisor)
      bound q
    }

    # y = ⌊a / b⌋ for b > 0, or with `truncated` the quotient cut off towards zero.
    #
    # The remainder r has 0 ≤ r and r ≤ b − 1. Both lookups together show that b is positive, so that y is
    # the only solution.
    circuit floor_quotient(a: any[...], b: any[...]; truncated: nat, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      require truncated <= 1 and width <= 47
      if truncated == 1 {
        if linear(a) {
          c[...] := a[...]
        } else {
          c := copy(a)
        }
        hint n[...]: bool = c[...] < 0
        lookup n[...] in bool
        lookup c[...] + n[...] * 2^bits_of(c) in range(2^bits_of(c))
        raised[...] := c[...] + n[...] * b[...] - n[...]
      } else {
        raised[...] := a[...]
      }
      hint y[...] = raised[...] / b[...]
      hint r[...]: range(2^bits_of(b)) = raised[...] % b[...]
      assert raised[...] == b[...] * y[...] + r[...]
      lookup r[...] in nonnegative(2^bits_of(b))
      lookup b[...] - 1 - r[...] in nonnegative(2^bits_of(b))
      bound y
    }

    # The same for b of any sign but zero.
    #
    # With s = 1 the signs of both are changed. `floor_quotient` shows that b is positive then, so that s
    # says whether it was negative.
    circuit signed_floor_quotient(a: any[...], b: any[...]; truncated: nat, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      if linear(a) {
        c[...] := a[...]
      } else {
        c := copy(a)
      }
      hint s[...]: bool = b[...] < 0
      lookup s[...] in bool
      hint size[...]: range(2^bits_of(b) + 1) = select(b[...] < 0, -b[...], b[...])
      assert size[...] == b[...] - 2 * s[...] * b[...]
      hint part[...]: int(-2^bits_of(a), 2^bits_of(a)) = select(b[...] < 0, -c[...], c[...])
      assert part[...] == c[...] - 2 * s[...] * c[...]
      bound size
      bound part
      y := floor_quotient(part, size; truncated, width)
    }
    
    """#
  ),
  (
    "Circuits/integer/extreme.circuit",
    #"""
    # The greatest element along the last axis. (The least one is the greatest of the negatives, negated.)
    #
    # No element is greater than y, and one of them is y.
    circuit extreme(x: any[..., size]) -> (y: like(x)[...]) {
      if linear(x) {
        y := greatest(x)
      } else {
        held := copy(x)
        y := greatest(held)
      }
    }

    circuit greatest(x: any[..., size]) -> (y: like(x)[...]) {
      hint y[...] = max(i) x[..., i]
      gap[..., i] := y[...] - x[..., i]
      if size > 1 {
        lookup gap[..., i] in nonnegative(2^bits_of(gap))
      }
      assert any(i) gap[..., i] == 0
      bound y
    }

    # The same, and by how much each element is below it: max(x − y, −depth).
    #
    # No difference is positive, and none less than x − y; it is x − y where it is not −depth. So y needs no
    # other comparison with the elements. A table with the arguments −depth to 0 shows the range, too.
    circuit extreme_below(x: any[..., size]; depth: positive)
      -> (y: like(x)[...], below: int(-depth, 0)[..., size])
    {
      if linear(x) {
        y, below := greatest_below(x; depth)
      } else {
        held := copy(x)
        y, below := greatest_below(held; depth)
      }
    }

    circuit greatest_below(x: any[..., size]; depth: positive)
      -> (y: like(x)[...], below: int(-depth, 0)[..., size])
    {
      hint y[...] = max(i) x[..., i]
      gap[..., i] := y[...] - x[..., i]
      hint below[..., i] = max(-gap[..., i], -depth)
      lookup below[..., i] in int(-depth, 0)
      lookup gap[..., i] + below[..., i] in nonnegative(2^bits_of(gap))
      assert (gap[..., i] + below[..., i]) * (below[..., i] + depth) == 0
      assert any(i) gap[..., i] == 0
      bound y
    }
    
    """#
  ),
  (
    "Circuits/integer/input.circuit",
    #"""
    # An input that the verifier does not see. Nobody else checks that its values fit their range.
    circuit private_input(x: any[...]) -> () {
      lookup x[...] in like(x)
    }

    # Ones, which say where an index lies inside of an axis: outside of it they read zero.
    circuit ones(; size: positive) -> (one: bool[size]) {
      hint one[i] = 1
      assert one[i] == 1
    }

    # The values once more, in a tensor of their own.
    circuit copy(x: any[...]) -> (y: like(x)[...]) {
      hint y[...] = x[...]
      assert y[...] == x[...]
    }
    
    """#
  ),
  (
    "Circuits/integer/order.circuit",
    #"""
    # Where the elements along the last axis are, the greatest first; of equal ones the first comes first.
    #
    # y is x in that order, each element being taken once. That an element is not less than the one behind it,
    # and if it is equal stands before it in x, says one number that is not negative: places differ by less
    # than n. So there is only one order. rank[j] is where x[j] comes to stand; it has no other use than to
    # compute the places.
    circuit ordered(x: any[o, n]) -> (place: range(n)[o, n]) {
      if n == 1 {
        hint place[i, k] = 0
        assert place[i, k] == 0
      } else {
        hint rank[i, j]: range(n) = sum(l in n) select(x[i, j] < x[i, l], 1,
          select(x[i, l] == x[i, j], select(l < j, 1, 0), 0))
        hint place[i, k] = sum(j in n) select(rank[i, j] == k, j, 0)
        hint y[i, k]: like(x) = x[i, place[i, k]]
        hint number[k]: range(n) = k for k in n
        assert number[0] == 0
        assert number[k] == number[k - 1] + 1 for k in 1..<n
        permute (place[i, k], y[i, k]) in rows (p, x[i, p])
        lookup (rank[i, j], number[j]) in rows (p, place[i, p])
        gap[i, k] := (y[i, k] - y[i, k + 1]) * n + place[i, k + 1] - place[i, k] - 1 for k in n - 1
        lookup gap[i, k] in nonnegative(2^bits_of(gap))
      }
    }
    
    """#
  ),
  (
    "Circuits/integer/quotient.circuit",
    #"""
    # y = ⌊a·2^shift / b + 1/2⌋ for b > 0, of `width` bits.
    #
    # That is the quotient of 2a·2^shift + b by 2b: the remainder r has 0 ≤ r and r ≤ 2b − 1. Both lookups
    # together show that b is positive, so that y is the only solution. a may be any sum; b is linear.
    circuit quotient(a: any[...], b: any[...]; shift: nat, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      require shift <= 46 and width <= 47
      hint y[...] = (a[...] * 2^(shift + 1) + b[...]) / (2 * b[...])
      hint r[...]: range(2^(bits_of(b) + 1)) = (a[...] * 2^(shift + 1) + b[...]) % (2 * b[...])
      assert a[...] * 2^(shift + 1) + b[...] == 2 * b[...] * y[...] + r[...]
      lookup r[...] in nonnegative(2^(bits_of(b) + 1))
      lookup 2 * b[...] - 1 - r[...] in nonnegative(2^(bits_of(b) + 1))
      bound y
    }

    # The same for b of any sign but zero.
    #
    # With s = 1 the signs of both are changed. `quotient` shows that b is positive then, so that s says
    # whether it was negative.
    circuit signed_quotient(a: any[...], b: any[...]; shift: nat, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      if linear(a) {
        c[...] := a[...]
      } else {
        c := copy(a)
      }
      hint s[...]: bool = b[...] < 0
      lookup s[...] in bool
      hint size[...]: range(2^bits_of(b) + 1) = select(b[...] < 0, -b[...], b[...])
      assert size[...] == b[...] - 2 * s[...] * b[...]
      hint part[...]: int(-2^bits_of(a), 2^bits_of(a)) = select(b[...] < 0, -c[...], c[...])
      assert part[...] == c[...] - 2 * s[...] * c[...]
      bound size
      bound part
      y := quotient(part, size; shift, width)
    }
    
    """#
  ),
  (
    "Circuits/integer/relu.circuit",
    #"""
    # max(x, 0): a table where it is worth its rows. Otherwise y is at least 0 and at least x, and one of
    # both, as the product says.
    table relu(x: i16) = max(x, 0)

    circuit relu(x: any[...]) -> (y: like(x)[...]) {
      hint y[...] = max(x[...], 0)
      if bits_of(x) <= 15 {
        either {
          lookup (x[...], y[...]) in table relu
        } or {
          lookup y[...] in nonnegative(2^bits_of(x))
          lookup y[...] - x[...] in nonnegative(2^(bits_of(x) + 1))
          assert y[...] * (y[...] - x[...]) == 0
        }
      } else {
        lookup y[...] in nonnegative(2^bits_of(x))
        lookup y[...] - x[...] in nonnegative(2^(bits_of(x) + 1))
        assert y[...] * (y[...] - x[...]) == 0
      }
      bound y
    }
    
    """#
  ),
  (
    "Circuits/integer/root.circuit",
    #"""
    # y = ⌊√(a·2^power)⌋ for a ≥ 0.
    #
    # r = a·2^power − y² has 0 ≤ r ≤ 2y, that is y² ≤ a·2^power < (y + 1)². Both lookups together show that
    # y is not negative.
    circuit square_root(a: any[...]; power: nat) -> (y: range(2^((bits_of(a) + power + 1) / 2))[...]) {
      require bits_of(a) + power <= 47
      let half = (bits_of(a) + power + 1) / 2
      hint y[...] = isqrt(a[...] * 2^power)
      hint r[...]: range(2^(half + 1)) = a[...] * 2^power - y[...] * y[...]
      assert r[...] == a[...] * 2^power - y[...] * y[...]
      lookup r[...] in nonnegative(2^(half + 1))
      lookup 2 * y[...] - r[...] in nonnegative(2^(half + 1))
      bound y
    }

    # y ≈ √(2^power / a) for a > 0, with a relative error of less than 2^−14 before it is rounded. With an odd
    # power it is √(2^(power + 1) / 2a); for an even one:
    #
    #   t  is ⌊log₂(a) / 2⌋ − 7, so that a is in 2^(14 + 2t)..<2^(16 + 2t);
    #   m  is ⌊a / 4^t⌋, in 2^14..<2^16;
    #   s  is ⌊√(2^47 / (2m + 1))⌋, in 2^15..<2^16, about 2^23 / √(m + 1/2);
    #   y  is s / 2^(23 + t − power/2), rounded half up, of at most `width` bits.
    circuit inverse_root(a: any[...]; power: nat, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      if power % 2 == 1 {
        b[...] := 2 * a[...]
      } else {
        b[...] := a[...]
      }
      y := normalised_root(b; half = (power + 1) / 2, width)
    }

    # The above, with the power 2·half.
    #
    # Exactly one of h is 1: of the number j = t + 7. Below 8, a is small, and m = a·4^(7 − j); u says so,
    # and `small` is a then and otherwise 0, which a range bounds: so no product is too large. From 8 on,
    # a / 4^(j − 7) is rounded down. As m has 14 or 15 bits behind the first one, only one j fits a.
    circuit normalised_root(a: any[...]; half: nat, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      require bits_of(a) <= 46
      let n = max(8, (bits_of(a) + 1) / 2)
      hint h[..., j]: bool = j == log2(a[...]) / 2 for j in n
      lookup h[..., j] in bool
      assert sum(j) h[..., j] == 1
      # Sums with an index in a coefficient are written out, and stay linear.
      factor[...] := sum(j in 8) 4^(7 - j) * h[..., j]
      if n > 8 {
        hint small[...]: u16 = select(a[...] < 2^16, a[...], 0)
        u[...] := sum(j in 8) 1^j * h[..., j]
        assert small[...] == a[...] * u[...]
        lookup small[...] in u16
        divisor[...] := sum(j in 8..<n) 4^(j - 7) * h[..., j] + u[...]
        scaled[...] := a[...] - small[...] + small[...] * factor[...]
        hint m[...]: int(2^14, 2^16 - 1) = scaled[...] / divisor[...]
        hint rest[...]: range(4^(n - 8)) = scaled[...] % divisor[...]
        assert scaled[...] == m[...] * divisor[...] + rest[...]
        lookup rest[...] in nonnegative(4^(n - 8))
        lookup divisor[...] - 1 - rest[...] in nonnegative(4^(n - 8))
      } else {
        hint m[...]: int(2^14, 2^16 - 1) = a[...] * factor[...]
        assert m[...] == a[...] * factor[...]
      }
      lookup m[...] in int(2^14, 2^16 - 1)
      s := mantissa_root(m)
      scale[...] := sum(j in n) 2^(n - 1 - j) * h[..., j]
      product[...] := s[...] * scale[...]
      let shift = 15 + n - half
      if shift >= 0 {
        y := round(product; shift, width)
      } else {
        wide[...] := product[...] * 2^(-shift)
        y := round(wide; shift = 0, width)
      }
    }

    # s = ⌊√(2^47 / (2m + 1))⌋ for m in 2^14..<2^16: (2m + 1)·s² ≤ 2^47 < (2m + 1)·(s + 1)².
    circuit mantissa_root(m: int(2^14, 2^16 - 1)[...]) -> (s: int(2^15, 2^16 - 1)[...]) {
      hint s[...] = isqrt(2^47 / (2 * m[...] + 1))
      lookup s[...] in int(2^15, 2^16 - 1)
      hint square[...]: range(2^32) = s[...] * s[...]
      assert square[...] == s[...] * s[...]
      lookup 2^47 - (2 * m[...] + 1) * square[...] in nonnegative(2^34)
      lookup (2 * m[...] + 1) * (square[...] + 2 * s[...] + 1) - 2^47 - 1 in nonnegative(2^34)
    }
    
    """#
  ),
  (
    "Circuits/integer/round.circuit",
    #"""
    # y = ⌊acc / 2^shift + 1/2⌋, of `width` bits.
    #
    # acc + 2^(shift−1) = y·2^shift + r with 0 ≤ r < 2^shift has one solution, so that the lookup of r
    # leaves no choice. It is the left side less y·2^shift, and committed only where that is no linear
    # expression. With a shift of 0 the lookup is an equality. That y fits its width follows from what
    # reads it, or is looked up.
    circuit round(acc: any[...]; shift: nat, width: positive)
      -> (y: int(-2^(width - 1), 2^(width - 1) - 1)[...])
    {
      require shift <= 46 and width <= 47
      hint y[...] = (acc[...] + 2^shift / 2) / 2^shift
      lookup acc[...] + 2^shift / 2 - y[...] * 2^shift in range(2^shift)
      bound y
    }
    
    """#
  ),
  (
    "Circuits/integer/rows.circuit",
    #"""
    # Elements at places that are values themselves. Outer axes are the same for both: o is one where there
    # are none.

    # y[i, k] is row place[i, k] of x[i]. That it is a row also shows that there is such a place.
    circuit gather(x: any[o, n, c], place: any[o, t]) -> (y: like(x)[o, t, c]) {
      hint y[i, k, j] = x[i, place[i, k], j]
      lookup (place[i, k], y[i, k, j]) in rows (p, x[i, p, j])
    }

    # y is x in another order: each place is taken once.
    circuit rearranged(x: any[o, n], place: any[o, n]) -> (y: like(x)[o, n]) {
      hint y[i, k] = x[i, place[i, k]]
      permute (place[i, k], y[i, k]) in rows (p, x[i, p])
    }
    
    """#
  ),
  (
    "Circuits/integer/step.circuit",
    #"""
    # Functions whose results are few integers, such as a quantiser's. o are the constants that they are of,
    # one where there are none.

    # y[i] is the element at `place` of the i-th list.
    circuit tabled(place: any[o, ...], list: any[o, n]) -> (y: like(list)[o, ...]) {
      hint y[i, ...] = list[i, place[i, ...]]
      lookup (place[i, ...], y[i, ...]) in rows (p, list[i, p])
    }

    # y is `low` and the number of the result that x has: x is not below edges[i, y − low], and below the next
    # edge. The edges never fall, so that there is one such y for each x, whatever else they are. Results are
    # sought in parts of `part` first.
    circuit stepped(x: any[o, ...], edges: any[o, n]; low: int, part: positive)
      -> (y: int(low, low + n - 2)[o, ...])
    {
      require n >= 2 and (n - 1) % part == 0
      if linear(x) {
        held[i, ...] := x[i, ...]
      } else {
        held := copy(x)
      }
      if n - 1 == part {
        edge := copy(edges)
        lookup edge[i, p + 1] - edge[i, p] in nonnegative(2^(bits_of(edges) + 1)) for p in part
        pair[i, p, j] := edge[i, p + j] for p in part, j in 2
        hint y[i, ...] = sum(p in part) (pair[i, p, 0] <= held[i, ...]) + low - 1
        hint ends[i, ..., j]: like(edges) = pair[i, y[i, ...] - low, j] for j in 2
        lookup (y[i, ...] - low, ends[i, ..., j]) in rows (p, pair[i, p, j])
      } else {
        # Rows that two indices number are those of a tensor with an axis for each.
        spread[i, a, b, j] := edges[i, a * part + b + j] for a in (n - 1) / part, b in part, j in 2
        pair := copy(spread)
        lookup pair[i, a, b, 1] - pair[i, a, b, 0] in nonnegative(2^(bits_of(edges) + 1))
        hint first[i, ...]: range((n - 1) / part)
          = sum(a in (n - 1) / part) (pair[i, a, 0, 0] <= held[i, ...]) - 1
        hint y[i, ...] = sum(b in part) (pair[i, first[i, ...], b, 0] <= held[i, ...])
          + part * first[i, ...] + low - 1
        hint ends[i, ..., j]: like(edges)
          = pair[i, first[i, ...], y[i, ...] - low - part * first[i, ...], j] for j in 2
        lookup (first[i, ...], y[i, ...] - low - part * first[i, ...], ends[i, ..., j])
          in rows (a, b, pair[i, a, b, j])
      }
      lookup held[i, ...] - ends[i, ..., 0] in nonnegative(2^(bits_of(x) + 2))
      lookup ends[i, ..., 1] - 1 - held[i, ...] in nonnegative(2^(bits_of(x) + 2))
    }
    
    """#
  ),
]
