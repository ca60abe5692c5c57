// swift-format-ignore-file
// Made by Circuits/embed.sh from the files in Circuits/.
let standardCircuits: [(name: String, text: String)] = [
  (
    "Circuits/activation.circuit",
    #"""
    # Activations of 16-bit values, each one a table of 2^16 rows. The lookup also shows that x is one
    # of the table's arguments, so x needs no other bound.

    # x where it is not negative, otherwise x·numerator / 2^bits rounded half up.
    table leaky_relu(x: i16; numerator: int, bits: nat) =
      select(x < 0, (x * numerator + 2^bits / 2) / 2^bits, x)

    circuit leaky_relu(x: i16[...]; numerator: int, denominator_bits: nat) -> (y: i16[...]) {
      require denominator_bits <= 30
      require -2^denominator_bits < numerator and numerator <= 2^denominator_bits
      hint y[...] = table leaky_relu(x[...]; numerator, denominator_bits)
      lookup (x[...], y[...]) in table leaky_relu(numerator, denominator_bits)
    }

    table clip(x: i16; low: int, high: int) = min(max(x, low), high)

    circuit clip(x: i16[...]; low: int, high: int) -> (y: i16[...]) {
      require -2^15 <= low and low <= high and high < 2^15
      hint y[...] = table clip(x[...]; low, high)
      lookup (x[...], y[...]) in table clip(low, high)
    }
    
    """#
  ),
  (
    "Circuits/average_pool.circuit",
    #"""
    # Sums over windows and over whole axes. An average is such a sum followed by `divide`, or by
    # `rescale` where the number of elements is a power of two. Reads outside of x give zero, so the
    # padding counts as elements.

    circuit average_pool1d(
      x: i16[batch, channels, length]; kernel: positive, stride: positive, pad_begin: nat,
      pad_end: nat)
      -> (acc: small[batch, channels, (length + pad_begin + pad_end - kernel) / stride + 1])
    {
      acc[n, c, t] := sum(i in kernel) x[n, c, t * stride + i - pad_begin]
    }

    circuit average_pool2d(
      x: i16[batch, channels, height, width]; kernel_h: positive, kernel_w: positive,
      stride_h: positive, stride_w: positive, pad_top: nat, pad_left: nat, pad_bottom: nat,
      pad_right: nat)
      -> (acc: small[
        batch, channels, (height + pad_top + pad_bottom - kernel_h) / stride_h + 1,
        (width + pad_left + pad_right - kernel_w) / stride_w + 1])
    {
      acc[n, c, h, w] :=
        sum(i in kernel_h, j in kernel_w)
          x[n, c, h * stride_h + i - pad_top, w * stride_w + j - pad_left]
    }

    # The sum over all positions of a channel.
    circuit global_sum(x: i16[batch, channels, ...]) -> (acc: small[batch, channels]) {
      acc[n, c] := sum(...) x[n, c, ...]
    }

    # The sum over the last axis.
    circuit reduce_sum(x: i16[..., size]) -> (acc: small[...]) {
      acc[...] := sum(l) x[..., l]
    }
    
    """#
  ),
  (
    "Circuits/batch_norm.circuit",
    #"""
    # Batch normalisation by itself: one factor and one offset for each channel. Where it follows a
    # convolution or a fully connected layer, the compiler multiplies it into the weights instead.
    circuit batch_norm(x: i16[batch, channels, ...], scale: i16[channels], shift: i48[channels])
      -> (acc: small[batch, channels, ...])
    {
      acc[n, c, ...] := x[n, c, ...] * scale[c] + shift[c]
    }
    
    """#
  ),
  (
    "Circuits/conv.circuit",
    #"""
    # Convolutions (cross-correlations, as everywhere in machine learning). Reads outside of x give
    # zero, which is the padding. With several groups, output channel g·m + o sees the input channels
    # of group g alone; as many groups as channels make a depthwise convolution.

    circuit conv1d(
      x: i16[batch, inputs, length], weight: i16[outputs, group_inputs, kernel], bias: i48[outputs];
      stride: positive, pad_begin: nat, pad_end: nat, dilation: positive, groups: positive)
      -> (acc: small[
        batch, outputs, (length + pad_begin + pad_end - dilation * (kernel - 1) - 1) / stride + 1])
    {
      product := conv1d_no_bias(x, weight; stride, pad_begin, pad_end, dilation, groups)
      acc[n, o, t] := product[n, o, t] + bias[o]
    }

    circuit conv1d_no_bias(
      x: i16[batch, inputs, length], weight: i16[outputs, group_inputs, kernel];
      stride: positive, pad_begin: nat, pad_end: nat, dilation: positive, groups: positive)
      -> (acc: small[
        batch, outputs, (length + pad_begin + pad_end - dilation * (kernel - 1) - 1) / stride + 1])
    {
      let group_outputs = outputs / groups
      require inputs == groups * group_inputs and outputs == groups * group_outputs
      acc[n, g * group_outputs + o, t] :=
        sum(c, i) x[n, g * group_inputs + c, t * stride + i * dilation - pad_begin]
          * weight[g * group_outputs + o, c, i]
        for g in groups, o in group_outputs
    }

    circuit conv2d(
      x: i16[batch, inputs, height, width],
      weight: i16[outputs, group_inputs, kernel_h, kernel_w], bias: i48[outputs];
      stride_h: positive, stride_w: positive, pad_top: nat, pad_left: nat, pad_bottom: nat,
      pad_right: nat, dilation_h: positive, dilation_w: positive, groups: positive)
      -> (acc: small[
        batch, outputs,
        (height + pad_top + pad_bottom - dilation_h * (kernel_h - 1) - 1) / stride_h + 1,
        (width + pad_left + pad_right - dilation_w * (kernel_w - 1) - 1) / stride_w + 1])
    {
      product := conv2d_no_bias(x, weight; stride_h, stride_w, pad_top, pad_left, pad_bottom,
        pad_right, dilation_h, dilation_w, groups)
      acc[n, o, h, w] := product[n, o, h, w] + bias[o]
    }

    circuit conv2d_no_bias(
      x: i16[batch, inputs, height, width],
      weight: i16[outputs, group_inputs, kernel_h, kernel_w];
      stride_h: positive, stride_w: positive, pad_top: nat, pad_left: nat, pad_bottom: nat,
      pad_right: nat, dilation_h: positive, dilation_w: positive, groups: positive)
      -> (acc: small[
        batch, outputs,
        (height + pad_top + pad_bottom - dilation_h * (kernel_h - 1) - 1) / stride_h + 1,
        (width + pad_left + pad_right - dilation_w * (kernel_w - 1) - 1) / stride_w + 1])
    {
      let group_outputs = outputs / groups
      require inputs == groups * group_inputs and outputs == groups * group_outputs
      acc[n, g * group_outputs + o, h, w] :=
        sum(c, i, j) x[n, g * group_inputs + c,
            h * stride_h + i * dilation_h - pad_top, w * stride_w + j * dilation_w - pad_left]
          * weight[g * group_outputs + o, c, i, j]
        for g in groups, o in group_outputs
    }
    
    """#
  ),
  (
    "Circuits/elementwise.circuit",
    #"""
    # Sums and products element by element. Both sides must have one shape: repeat the smaller one
    # first, which costs nothing.

    # a·2^shift_a + b·2^shift_b: the shifts bring operands of different scales to one.
    circuit add(a: i16[...], b: i16[...]; shift_a: nat, shift_b: nat) -> (acc: small[...]) {
      acc[...] := a[...] * 2^shift_a + b[...] * 2^shift_b
    }

    circuit sub(a: i16[...], b: i16[...]; shift_a: nat, shift_b: nat) -> (acc: small[...]) {
      acc[...] := a[...] * 2^shift_a - b[...] * 2^shift_b
    }

    circuit mul(a: i16[...], b: i16[...]) -> (acc: small[...]) {
      acc[...] := a[...] * b[...]
    }

    circuit scale(a: small[...]; factor: int) -> (acc: small[...]) {
      acc[...] := a[...] * factor
    }

    circuit add_bias(acc: small[batch, channels, ...], bias: i48[channels])
      -> (biased: small[batch, channels, ...])
    {
      biased[n, c, ...] := acc[n, c, ...] + bias[c]
    }
    
    """#
  ),
  (
    "Circuits/gemm.circuit",
    #"""
    # Fully connected layers and matrix products. Each gives the exact accumulator, which is never
    # committed: hand it to one of the circuits in rescale.circuit.

    # acc = x·weightᵀ + bias, over any number of leading axes of x.
    circuit gemm(x: i16[..., inputs], weight: i16[outputs, inputs], bias: i48[outputs])
      -> (acc: small[..., outputs])
    {
      acc[..., j] := sum(l) x[..., l] * weight[j, l] + bias[j]
    }

    # The same without a bias.
    circuit gemm_no_bias(x: i16[..., inputs], weight: i16[outputs, inputs])
      -> (acc: small[..., outputs])
    {
      acc[..., j] := sum(l) x[..., l] * weight[j, l]
    }

    # The product of two activations, one matrix for each value of the leading axes.
    circuit matmul(a: i16[..., rows, inner], b: i16[..., inner, columns])
      -> (acc: small[..., rows, columns])
    {
      acc[..., i, j] := sum(l) a[..., i, l] * b[..., l, j]
    }
    
    """#
  ),
  (
    "Circuits/max_pool.circuit",
    #"""
    # The maximum of each window: y − x_k is in 0..<2^16 for every element x_k of the window, so y is
    # an upper bound, and one of the differences is zero, so it is the least one. The lookups commit
    # nothing; they also bound x, if the windows cover all of it.

    circuit max_pool1d(
      x: i16[batch, channels, length]; kernel: positive, stride: positive, pad_begin: nat,
      pad_end: nat, dilation: positive)
      -> (y: i16[
        batch, channels, (length + pad_begin + pad_end - dilation * (kernel - 1) - 1) / stride + 1])
    {
      y := max_window(x; kernel, stride, pad_begin, pad_end, dilation)
    }

    # Small windows that stay inside of x are taken in one go, others along one axis after the other.
    circuit max_pool2d(
      x: i16[batch, channels, height, width]; kernel_h: positive, kernel_w: positive,
      stride_h: positive, stride_w: positive, pad_top: nat, pad_left: nat, pad_bottom: nat,
      pad_right: nat, dilation_h: positive, dilation_w: positive)
      -> (y: i16[
        batch, channels,
        (height + pad_top + pad_bottom - dilation_h * (kernel_h - 1) - 1) / stride_h + 1,
        (width + pad_left + pad_right - dilation_w * (kernel_w - 1) - 1) / stride_w + 1])
    {
      if kernel_h == 2 and kernel_w == 2
        and pad_top == 0 and pad_left == 0 and pad_bottom == 0 and pad_right == 0
      {
        y := max_square(x; stride_h, stride_w, dilation_h, dilation_w)
      } else {
        turned[n, c, w, h] := x[n, c, h, w]
        rows := max_window(turned; kernel = kernel_w, stride = stride_w, pad_begin = pad_left,
          pad_end = pad_right, dilation = dilation_w)
        back[n, c, h, w] := rows[n, c, w, h]
        y := max_window(back; kernel = kernel_h, stride = stride_h, pad_begin = pad_top,
          pad_end = pad_bottom, dilation = dilation_h)
      }
    }

    # Windows of two by two, without padding.
    circuit max_square(
      x: i16[batch, channels, height, width]; stride_h: positive, stride_w: positive,
      dilation_h: positive, dilation_w: positive)
      -> (y: i16[
        batch, channels, (height - dilation_h - 1) / stride_h + 1,
        (width - dilation_w - 1) / stride_w + 1])
    {
      hint y[n, c, h, w] =
        max(i in 2, j in 2) x[n, c, h * stride_h + i * dilation_h, w * stride_w + j * dilation_w]
      lookup y[n, c, h, w] - x[n, c, h * stride_h + i * dilation_h, w * stride_w + j * dilation_w]
        in u16 for i in 2, j in 2
      # The product of the four differences is zero: the upper ones' times the lower ones'.
      upper[n, c, h, w] :=
        (y[n, c, h, w] - x[n, c, h * stride_h, w * stride_w])
          * (y[n, c, h, w] - x[n, c, h * stride_h, w * stride_w + dilation_w])
      lower[n, c, h, w] :=
        (y[n, c, h, w] - x[n, c, h * stride_h + dilation_h, w * stride_w])
          * (y[n, c, h, w] - x[n, c, h * stride_h + dilation_h, w * stride_w + dilation_w])
      hint p[n, c, h, w]: u32 = upper[n, c, h, w]
      hint q[n, c, h, w]: u32 = lower[n, c, h, w]
      assert p[n, c, h, w] == upper[n, c, h, w]
      assert q[n, c, h, w] == lower[n, c, h, w]
      assert p[n, c, h, w] * q[n, c, h, w] == 0
    }

    # Windows along the third axis, in any way.
    circuit max_window(
      x: i16[batch, channels, length, ...]; kernel: positive, stride: positive, pad_begin: nat,
      pad_end: nat, dilation: positive)
      -> (y: i16[
        batch, channels, (length + pad_begin + pad_end - dilation * (kernel - 1) - 1) / stride + 1,
        ...])
    {
      let count = (length + pad_begin + pad_end - dilation * (kernel - 1) - 1) / stride + 1
      require pad_begin < dilation * (kernel - 1) + 1 and pad_end < dilation * (kernel - 1) + 1
      if pad_begin > 0 or pad_end > 0 {
        # An element above the least value, which is zero outside of x. So padding is never larger than
        # what is in a window, and y equals it only together with an element of x.
        hint one[t]: bool = 1 for t in length
        assert one[t] == 1
        above[n, c, t, i, ...] :=
          x[n, c, t * stride + i * dilation - pad_begin, ...]
            + 2^15 * one[t * stride + i * dilation - pad_begin]
          for t in count, i in kernel
        y := max_last(above; low = -2^15)
      } else {
        element[n, c, t, i, ...] := x[n, c, t * stride + i * dilation, ...] for t in count, i in kernel
        y := max_last(element; low = 0)
      }
    }

    # The maximum over the fourth axis, plus `low`.
    circuit max_last(x: any[batch, channels, length, kernel, ...]; low: int)
      -> (y: i16[batch, channels, length, ...])
    {
      hint y[n, c, t, ...] = max(i) x[n, c, t, i, ...] + low
      gap[n, c, t, i, ...] := y[n, c, t, ...] - low - x[n, c, t, i, ...]
      lookup gap[n, c, t, i, ...] in u16
      if kernel == 1 {
        assert gap[n, c, t, 0, ...] == 0
      } else if kernel == 2 {
        assert gap[n, c, t, 0, ...] * gap[n, c, t, 1, ...] == 0
      } else if kernel == 3 {
        hint p[n, c, t, ...]: u32 = gap[n, c, t, 0, ...] * gap[n, c, t, 1, ...]
        assert p[n, c, t, ...] == gap[n, c, t, 0, ...] * gap[n, c, t, 1, ...]
        assert p[n, c, t, ...] * gap[n, c, t, 2, ...] == 0
      } else if kernel == 4 {
        hint p[n, c, t, ...]: u32 = gap[n, c, t, 0, ...] * gap[n, c, t, 1, ...]
        hint q[n, c, t, ...]: u32 = gap[n, c, t, 2, ...] * gap[n, c, t, 3, ...]
        assert p[n, c, t, ...] == gap[n, c, t, 0, ...] * gap[n, c, t, 1, ...]
        assert q[n, c, t, ...] == gap[n, c, t, 2, ...] * gap[n, c, t, 3, ...]
        assert p[n, c, t, ...] * q[n, c, t, ...] == 0
      } else {
        # One of the elements is chosen. No gap is negative, so the sum is zero only if the chosen is.
        hint chosen[n, c, t, i, ...]: bool =
          i == min(k in kernel) select(gap[n, c, t, k, ...] == 0, k, kernel)
          for i in kernel
        lookup chosen[n, c, t, i, ...] in bool
        assert sum(i) chosen[n, c, t, i, ...] == 1
        assert sum(i) chosen[n, c, t, i, ...] * gap[n, c, t, i, ...] == 0
      }
    }
    
    """#
  ),
  (
    "Circuits/rescale.circuit",
    #"""
    # From an accumulator back to 16 bits: y = ⌊acc / 2^shift + 1/2⌋.
    #
    # acc + 2^(shift−1) = y·2^shift + r with 0 ≤ r < 2^shift has one solution, so the equation and the
    # lookup of r leave the prover no choice. Only y and r are committed, and not even r where the
    # accumulator is a linear expression, which can be looked up as it is.

    circuit rescale(acc: small[...]; shift: nat) -> (y: i16[...]) {
      y := round_shift(acc; shift)
      lookup y[...] in i16
    }

    # Rescaling followed by an activation: the activation's table bounds the rescaled value as well.
    circuit rescale_relu(acc: small[...]; shift: nat) -> (y: i16[...]) {
      q := round_shift(acc; shift)
      y := relu(q)
    }

    circuit rescale_leaky_relu(acc: small[...]; shift: nat, numerator: int, denominator_bits: nat)
      -> (y: i16[...])
    {
      q := round_shift(acc; shift)
      y := leaky_relu(q; numerator, denominator_bits)
    }

    circuit rescale_clip(acc: small[...]; shift: nat, low: int, high: int) -> (y: i16[...]) {
      q := round_shift(acc; shift)
      y := clip(q; low, high)
    }

    # For a max-pool whose windows cover all of y, and which bounds y by its own lookups.
    circuit rescale_into_pool(acc: small[...]; shift: nat) -> (y: i16[...]) {
      y := round_shift(acc; shift)
    }

    # Rescaling of which nothing says yet that y fits 16 bits: who calls this has to look y up.
    circuit round_shift(acc: small[...]; shift: nat) -> (y: i16[...]) {
      require shift <= 32
      if shift == 0 {
        hint y[...] = acc[...]
        assert y[...] == acc[...]
      } else {
        let half = 2^(shift - 1)
        hint y[...] = (acc[...] + half) / 2^shift
        if shift <= 16 and linear(acc) {
          lookup acc[...] + half - y[...] * 2^shift in range(2^shift)
        } else if shift <= 16 {
          hint r[...]: range(2^shift) = (acc[...] + half) % 2^shift
          assert acc[...] + half == y[...] * 2^shift + r[...]
          lookup r[...] in range(2^shift)
        } else {
          # A table has 2^16 rows at most, so a longer remainder comes in two parts.
          hint low[...]: u16 = (acc[...] + half) % 2^16
          hint high[...]: range(2^(shift - 16)) = (acc[...] + half) / 2^16 % 2^(shift - 16)
          assert acc[...] + half == y[...] * 2^shift + high[...] * 2^16 + low[...]
          lookup low[...] in u16
          lookup high[...] in range(2^(shift - 16))
        }
      }
    }

    # y = ⌊acc / divisor + 1/2⌋, rounded as by `rescale`, for any divisor.
    circuit divide(acc: small[...]; divisor: positive) -> (y: i16[...]) {
      require divisor <= 2^16
      let half = divisor / 2
      hint y[...] = (acc[...] + half) / divisor
      if linear(acc) {
        lookup acc[...] + half - y[...] * divisor in range(divisor)
      } else {
        hint r[...]: range(divisor) = (acc[...] + half) % divisor
        assert acc[...] + half == y[...] * divisor + r[...]
        lookup r[...] in range(divisor)
      }
      lookup y[...] in i16
    }
    
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
]
