// swift-format-ignore-file
// Made by Circuits/embed.sh from the files in Circuits/operators/.
let standardOperators: [(name: String, text: String)] = [
  (
    "Circuits/operators/activations.circuit",
    #"""
    # Activation functions.

    operator Relu(x: number[...]) -> (y: number[...]) onnx
    { y[...] = max(x[...], 0) }

    operator LeakyRelu(x: real[...]; alpha: real = 0.01) -> (y: real[...])
      onnx
    { y[...] = select(x[...] < 0, alpha * x[...], x[...]) }

    operator PRelu(x: real[...], slope: real[...]) -> (y: real[...])
      onnx 7 broadcasting slope
    { y[...] = select(x[...] < 0, slope[...] * x[...], x[...]) }

    # Before, a slope for all or one for each channel.
    operator PRelu6(x: real[batch, c, at...], slope: real[n]) -> (y: real[batch, c, at...])
      onnx "PRelu" 1..6
    {
      require n == 1 or n == c
      y[b, i, at...] = select(x[b, i, at...] < 0, slope[select(n == 1, 0, i)] * x[b, i, at...],
        x[b, i, at...])
    }

    operator ThresholdedRelu(x: real[...]; alpha: real = 1) -> (y: real[...]) onnx
    { y[...] = select(x[...] > alpha, x[...], 0) }

    operator Elu(x: real[...]; alpha: real = 1) -> (y: real[...]) onnx
    { y[...] = select(x[...] < 0, alpha * (exp(x[...]) - 1), x[...]) }

    operator Celu(x: real[...]; alpha: real = 1) -> (y: real[...]) onnx
    { y[...] = select(x[...] < 0, alpha * (exp(x[...] / alpha) - 1), x[...]) }

    operator Selu(x: real[...]; alpha: real = 1.67326319217681884765625,
      gamma: real = 1.05070102214813232421875) -> (y: real[...])
      onnx 6
    { y[...] = gamma * select(x[...] < 0, alpha * (exp(x[...]) - 1), x[...]) }

    operator Sigmoid(x: real[...]) -> (y: real[...]) onnx
    { y[...] = sigmoid(x[...]) }

    operator HardSigmoid(x: real[...]; alpha: real = 0.2, beta: real = 0.5) -> (y: real[...])
      onnx
    { y[...] = clamp(alpha * x[...] + beta, 0, 1) }

    operator HardSwish(x: real[...]) -> (y: real[...]) onnx
    { y[...] = x[...] * clamp(x[...] / 6 + 0.5, 0, 1) }

    operator Softplus(x: real[...]) -> (y: real[...]) onnx { y[...] = softplus(x[...]) }
    operator Softsign(x: real[...]) -> (y: real[...]) onnx { y[...] = x[...] / (1 + abs(x[...])) }
    operator Mish(x: real[...]) -> (y: real[...]) onnx { y[...] = x[...] * tanh(softplus(x[...])) }

    operator Shrink(x: real[...]; bias: real = 0, lambd: real = 0.5) -> (y: real[...]) onnx
    {
      y[...] = select(x[...] < -lambd, x[...] + bias, select(x[...] > lambd, x[...] - bias, 0))
    }

    operator Swish(x: real[...]; alpha: real = 1) -> (y: real[...]) onnx
    { y[...] = x[...] * sigmoid(alpha * x[...]) }

    operator QuickGelu(x: real[...]; alpha: real = 1.702) -> (y: real[...]) microsoft
    { y[...] = x[...] * sigmoid(alpha * x[...]) }

    function gelu(x) = x / 2 * (1 + erf(x / sqrt(2)))
    function fast_gelu(x) = x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ^ 3)))

    operator Gelu(x: real[...]; approximate: choice(none, tanh) = none) -> (y: real[...])
      onnx microsoft
    { y[...] = select(approximate == tanh, fast_gelu(x[...]), gelu(x[...])) }

    operator FastGelu(x: real[...], bias: real[...] = 0) -> (y: real[...])
      microsoft broadcasting bias
    {
      z[...] = x[...] + bias[...]
      y[...] = fast_gelu(z[...])
    }

    operator BiasGelu(x: real[...], bias: real[...]) -> (y: real[...])
      microsoft broadcasting bias
    {
      z[...] = x[...] + bias[...]
      y[...] = gelu(z[...])
    }
    
    """#
  ),
  (
    "Circuits/operators/arithmetic.circuit",
    #"""
    # Arithmetic of several values, element by element. Operands that lack axes, or have them with one
    # element, are repeated.

    operator Add(a: number[...], b: number[...]) -> (c: number[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] + b[...] }

    operator Sub(a: number[...], b: number[...]) -> (c: number[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] - b[...] }

    operator Mul(a: number[...], b: number[...]) -> (c: number[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] * b[...] }

    operator Div(a: real[...], b: real[...]) -> (c: real[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] / b[...] }

    # Towards zero.
    operator IntegerDiv(a: int[...], b: int[...]) -> (c: int[...])
      onnx "Div" broadcasting ignoring broadcast
    { c[...] = truncate(a[...] / b[...]) }

    operator Pow(a: real[...], b: number[...]) -> (c: real[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] ^ b[...] }

    operator IntegerPow(a: int[...], b: number[...]) -> (c: int[...])
      onnx "Pow" broadcasting ignoring broadcast
    { c[...] = truncate(a[...] ^ b[...]) }

    # What a quotient leaves has the divisor's sign, or with fmod the dividend's.
    operator Mod(a: number[...], b: number[...]; fmod: flag = 0) -> (c: number[...])
      onnx broadcasting
    { c[...] = select(fmod, a[...] - truncate(a[...] / b[...]) * b[...], a[...] % b[...]) }

    operator BitShift(a: int[...], b: int[...]; direction: choice(LEFT, RIGHT)) -> (c: int[...])
      onnx broadcasting
    {
      c[...] = select(direction == LEFT, a[...] * truncate(2 ^ b[...]),
        floor_divide(a[...], truncate(2 ^ b[...])))
    }

    operator Sum(xs...: real[...]) -> (y: real[...]) onnx broadcasting
    { y[...] = sum(x of xs) x[...] }

    operator Mean(xs...: real[...]) -> (y: real[...]) onnx broadcasting
    { y[...] = mean(x of xs) x[...] }

    operator Max(xs...: number[...]) -> (y: number[...]) onnx broadcasting
    { y[...] = max(x of xs) x[...] }

    operator Min(xs...: number[...]) -> (y: number[...]) onnx broadcasting
    { y[...] = min(x of xs) x[...] }

    # The bounds are operands since version 11.
    operator Clip(x: number[...], low: number = -infinity, high: number = infinity)
      -> (y: number[...])
      onnx 11
      onnx 1..10 (x; low as min, high as max)
    { y[...] = min(max(x[...], low), high) }

    operator Cast(x: any[...]; to: element) -> (y: to[...]) onnx 6 ignoring saturate, round_mode
    { y[...] = cast(x[...], to) }
    
    """#
  ),
  (
    "Circuits/operators/convolution.circuit",
    #"""
    # Convolutions (cross-correlations, as everywhere in machine learning) over any number of axes.
    # Reads outside of x give zero, which is the padding. Of several groups, each sees the channels of
    # its own.

    operator Conv(
      x: real[batch, group * c, at...], w: real[group * m, c, tap...], bias: real[group * m] = 0;
      group: positive = 1, kernel_shape: positive[tap] = tap, strides: positive[at] = 1,
      dilations: positive[at] = 1, pads: padding(at, tap, strides, dilations))
      -> (y: real[batch, group * m, windows(at, tap, strides, dilations, pads)...])
      onnx
    {
      require all(kernel_shape == tap ...)
      y[n, g * m + o, p...] = bias[g * m + o] + sum(i in c, tap...)
          x[n, g * c + i, p * strides + tap * dilations - pads.before ...] * w[g * m + o, i, tap...]
        for g in group, o in m
    }

    # How far the result reaches before it is cut.
    function reach(size, kernel, stride, dilation, beyond) =
      (size - 1) * stride + dilation * (kernel - 1) + 1 + beyond

    # A place of the result is q * strides + p: it sees the kernel's elements at that distance from p.
    # `spread` is the kernel with the holes of its dilation, which read outside of w and are zero.
    operator ConvTranspose(
      x: real[batch, group * c, at...], w: real[group * c, m, tap...], bias: real[group * m] = 0;
      group: positive = 1, kernel_shape: positive[tap] = tap, strides: positive[at] = 1,
      dilations: positive[at] = 1, output_padding: nat[at] = 0,
      pads: transposed_padding(at, tap, strides, dilations, output_padding))
      -> (y: real[batch, group * m,
        (reach(at, tap, strides, dilations, output_padding) - pads.before - pads.after)...])
      onnx
    {
      require all(kernel_shape == tap ...)
      spread[i, o, k * dilations + e ...] = w[i, o, k + e * tap ...]
        for k... in tap, e... in dilations
      whole[n, g * m + o, q * strides + p ...] = bias[g * m + o] + sum(i in c,
          t... in (tap * dilations + strides - 1) / strides)
          x[n, g * c + i, q - t ...] * spread[g * c + i, o, t * strides + p ...]
        for g in group, o in m, p... in strides,
          q... in (reach(at, tap, strides, dilations, output_padding) - min(pads.after, 0)
            + strides - 1) / strides
      y[n, i, u...] = whole[n, i, u + pads.before ...]
    }
    
    """#
  ),
  (
    "Circuits/operators/elementwise.circuit",
    #"""
    # Real functions of one value.

    operator Identity(x: any[...]) -> (y: any[...]) onnx { y[...] = x[...] }
    operator Abs(x: number[...]) -> (y: number[...]) onnx { y[...] = abs(x[...]) }
    operator Neg(x: number[...]) -> (y: number[...]) onnx { y[...] = -x[...] }
    operator Sign(x: number[...]) -> (y: number[...]) onnx { y[...] = sign(x[...]) }
    operator Floor(x: real[...]) -> (y: real[...]) onnx { y[...] = floor(x[...]) }
    operator Ceil(x: real[...]) -> (y: real[...]) onnx { y[...] = ceil(x[...]) }
    operator Round(x: real[...]) -> (y: real[...]) onnx { y[...] = round(x[...]) }

    operator Exp(x: real[...]) -> (y: real[...]) onnx { y[...] = exp(x[...]) }
    operator Log(x: real[...]) -> (y: real[...]) onnx { y[...] = log(x[...]) }
    operator Sqrt(x: real[...]) -> (y: real[...]) onnx { y[...] = sqrt(x[...]) }
    operator Reciprocal(x: real[...]) -> (y: real[...]) onnx { y[...] = 1 / x[...] }
    operator Erf(x: real[...]) -> (y: real[...]) onnx { y[...] = erf(x[...]) }

    operator Sin(x: real[...]) -> (y: real[...]) onnx { y[...] = sin(x[...]) }
    operator Cos(x: real[...]) -> (y: real[...]) onnx { y[...] = cos(x[...]) }
    operator Tan(x: real[...]) -> (y: real[...]) onnx { y[...] = tan(x[...]) }
    operator Asin(x: real[...]) -> (y: real[...]) onnx { y[...] = asin(x[...]) }
    operator Acos(x: real[...]) -> (y: real[...]) onnx { y[...] = acos(x[...]) }
    operator Atan(x: real[...]) -> (y: real[...]) onnx { y[...] = atan(x[...]) }
    operator Sinh(x: real[...]) -> (y: real[...]) onnx { y[...] = sinh(x[...]) }
    operator Cosh(x: real[...]) -> (y: real[...]) onnx { y[...] = cosh(x[...]) }
    operator Tanh(x: real[...]) -> (y: real[...]) onnx { y[...] = tanh(x[...]) }
    operator Asinh(x: real[...]) -> (y: real[...]) onnx { y[...] = asinh(x[...]) }
    operator Acosh(x: real[...]) -> (y: real[...]) onnx { y[...] = acosh(x[...]) }
    operator Atanh(x: real[...]) -> (y: real[...]) onnx { y[...] = atanh(x[...]) }

    operator IsNaN(x: real[...]) -> (y: bool[...]) onnx { y[...] = x[...] != x[...] }

    operator IsInf(x: real[...]; detect_negative: flag = 1, detect_positive: flag = 1)
      -> (y: bool[...]) onnx
    {
      y[...] = detect_positive and x[...] == infinity or detect_negative and x[...] == -infinity
    }

    # At inference nothing is dropped.
    operator Dropout(x: real[...]; ratio: real = 0.5, training_mode: flag = 0)
      -> (y: real[...], mask: bool[...])
      onnx 12 (x, ratio, training_mode) ignoring seed
      onnx 7..11 ignoring ratio
      onnx 1..6 ignoring ratio, is_test
    {
      require training_mode == 0 or ratio == 0
      y[...] = x[...]
      mask[...] = 1
    }
    
    """#
  ),
  (
    "Circuits/operators/functions.circuit",
    #"""
    # Functions that the operators below share.

    function sigmoid(x) = 1 / (1 + exp(-x))

    # log(1 + exp(x)) without a large power.
    function softplus(x) = max(x, 0) + log(1 + exp(-abs(x)))

    function clamp(x, low, high) = max(low, min(high, x))

    # How many places a window has along an axis.
    function windows(size, kernel, stride, dilation, pads) =
      (size + pads.before + pads.after + pads.extra - dilation * (kernel - 1) - 1) / stride + 1
    
    """#
  ),
  (
    "Circuits/operators/logic.circuit",
    #"""
    # Comparisons, truth values and choices.

    operator Equal(a: any[...], b: any[...]) -> (c: bool[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] == b[...] }

    operator Less(a: number[...], b: number[...]) -> (c: bool[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] < b[...] }

    operator LessOrEqual(a: number[...], b: number[...]) -> (c: bool[...]) onnx broadcasting
    { c[...] = a[...] <= b[...] }

    operator Greater(a: number[...], b: number[...]) -> (c: bool[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] > b[...] }

    operator GreaterOrEqual(a: number[...], b: number[...]) -> (c: bool[...]) onnx broadcasting
    { c[...] = a[...] >= b[...] }

    operator Not(x: bool[...]) -> (y: bool[...]) onnx { y[...] = not x[...] }

    operator And(a: bool[...], b: bool[...]) -> (c: bool[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] and b[...] }

    operator Or(a: bool[...], b: bool[...]) -> (c: bool[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] or b[...] }

    operator Xor(a: bool[...], b: bool[...]) -> (c: bool[...])
      onnx broadcasting ignoring broadcast
    { c[...] = a[...] xor b[...] }

    operator Where(condition: bool[...], x: any[...], y: any[...]) -> (z: any[...])
      onnx broadcasting
    { z[...] = select(condition[...], x[...], y[...]) }
    
    """#
  ),
  (
    "Circuits/operators/losses.circuit",
    #"""
    # Losses of classifiers. `reduction` says whether each loss is a result, or their sum or mean; a
    # label that is `ignore_index` counts for nothing.

    operator NegativeLogLikelihood(x: real[batch, c, at...], label: int[batch, at...],
      weight: real[c] = 1; reduction: choice(none), ignore_index: int = -1) -> (y: real[batch, at...])
      onnx "NegativeLogLikelihoodLoss"
    {
      place[n, at...] = select(label[n, at...] == ignore_index, 0, label[n, at...])
      factor[n, at...] = select(label[n, at...] == ignore_index, 0, weight[place[n, at...]])
      y[n, at...] = -x[n, place[n, at...], at...] * factor[n, at...]
    }

    operator NegativeLogLikelihoodTotal(x: real[batch, c, at...], label: int[batch, at...],
      weight: real[c] = 1; reduction: choice(sum, mean) = mean, ignore_index: int = -1) -> (y: real)
      onnx "NegativeLogLikelihoodLoss"
    {
      place[n, at...] = select(label[n, at...] == ignore_index, 0, label[n, at...])
      factor[n, at...] = select(label[n, at...] == ignore_index, 0, weight[place[n, at...]])
      total = sum(n, at...) x[n, place[n, at...], at...] * factor[n, at...]
      y = select(reduction == sum, -total, -total / (sum(n, at...) factor[n, at...]))
    }

    operator SoftmaxCrossEntropy(x: real[batch, c, at...], label: int[batch, at...],
      weight: real[c] = 1; reduction: choice(none), ignore_index: int = -1)
      -> (y: real[batch, at...], share: real[batch, c, at...])
      onnx "SoftmaxCrossEntropyLoss"
    {
      top[n, at...] = max(i) x[n, i, at...]
      below[n, i, at...] = x[n, i, at...] - top[n, at...]
      share[n, i, at...] = below[n, i, at...] - log(sum(j) exp(below[n, j, at...]))
      place[n, at...] = select(label[n, at...] == ignore_index, 0, label[n, at...])
      factor[n, at...] = select(label[n, at...] == ignore_index, 0, weight[place[n, at...]])
      y[n, at...] = -share[n, place[n, at...], at...] * factor[n, at...]
    }

    operator SoftmaxCrossEntropyTotal(x: real[batch, c, at...], label: int[batch, at...],
      weight: real[c] = 1; reduction: choice(sum, mean) = mean, ignore_index: int = -1)
      -> (y: real, share: real[batch, c, at...])
      onnx "SoftmaxCrossEntropyLoss"
    {
      top[n, at...] = max(i) x[n, i, at...]
      below[n, i, at...] = x[n, i, at...] - top[n, at...]
      share[n, i, at...] = below[n, i, at...] - log(sum(j) exp(below[n, j, at...]))
      place[n, at...] = select(label[n, at...] == ignore_index, 0, label[n, at...])
      factor[n, at...] = select(label[n, at...] == ignore_index, 0, weight[place[n, at...]])
      total = sum(n, at...) share[n, place[n, at...], at...] * factor[n, at...]
      y = select(reduction == sum, -total, -total / (sum(n, at...) factor[n, at...]))
    }
    
    """#
  ),
  (
    "Circuits/operators/normalisation.circuit",
    #"""
    # Normalisations, at inference.

    operator BatchNormalization(
      x: real[batch, c, at...], scale: real[c], bias: real[c], average: real[c], variance: real[c];
      epsilon: real = 1e-5, training_mode: flag = 0, spatial: flag = 1)
      -> (y: real[batch, c, at...])
      onnx 7 ignoring momentum
      onnx 1..6 ignoring momentum, is_test
    {
      require training_mode == 0 and spatial == 1
      y[n, i, at...] = (x[n, i, at...] - average[i]) / sqrt(variance[i] + epsilon) * scale[i] + bias[i]
    }

    operator InstanceNormalization(
      x: real[batch, c, at...], scale: real[c], bias: real[c]; epsilon: real = 1e-5)
      -> (y: real[batch, c, at...])
      onnx
    {
      average[n, i] = mean(at...) x[n, i, at...]
      d[n, i, at...] = x[n, i, at...] - average[n, i]
      spread[n, i] = mean(at...) d[n, i, at...] * d[n, i, at...]
      y[n, i, at...] = d[n, i, at...] / sqrt(spread[n, i] + epsilon) * scale[i] + bias[i]
    }

    operator GroupNormalization(
      x: real[batch, num_groups * m, at...], scale: real[num_groups * m], bias: real[num_groups * m];
      num_groups: positive, epsilon: real = 1e-5) -> (y: real[batch, num_groups * m, at...])
      onnx 21 ignoring stash_type
    {
      average[n, g] = mean(i in m, at...) x[n, g * m + i, at...] for g in num_groups
      d[n, g, i, at...] = x[n, g * m + i, at...] - average[n, g] for g in num_groups, i in m
      spread[n, g] = mean(i, at...) d[n, g, i, at...] * d[n, g, i, at...]
      y[n, g * m + i, at...] = d[n, g, i, at...] / sqrt(spread[n, g] + epsilon) * scale[g * m + i]
        + bias[g * m + i] for g in num_groups, i in m
    }

    # One factor for each group.
    operator GroupNormalization18(
      x: real[batch, num_groups * m, at...], scale: real[num_groups], bias: real[num_groups];
      num_groups: positive, epsilon: real = 1e-5) -> (y: real[batch, num_groups * m, at...])
      onnx "GroupNormalization" 18..20
    {
      average[n, g] = mean(i in m, at...) x[n, g * m + i, at...] for g in num_groups
      d[n, g, i, at...] = x[n, g * m + i, at...] - average[n, g] for g in num_groups, i in m
      spread[n, g] = mean(i, at...) d[n, g, i, at...] * d[n, g, i, at...]
      y[n, g * m + i, at...] = d[n, g, i, at...] / sqrt(spread[n, g] + epsilon) * scale[g] + bias[g]
        for g in num_groups, i in m
    }

    operator LayerNormalization(
      x: real[outer..., inner...], scale: real[inner...], bias: real[inner...] = 0;
      axis: axis(x) = -1, epsilon: real = 1e-5)
      -> (y: real[outer..., inner...], average: real[outer..., min(inner, 1)...],
        inverse: real[outer..., min(inner, 1)...])
      onnx broadcasting scale, bias splitting x at axis ignoring stash_type
    {
      centre[outer...] = mean(inner...) x[outer..., inner...]
      d[outer..., inner...] = x[outer..., inner...] - centre[outer...]
      spread[outer...] = mean(inner...) d[outer..., inner...] * d[outer..., inner...]
      y[outer..., inner...] = d[outer..., inner...] / sqrt(spread[outer...] + epsilon) * scale[inner...]
        + bias[inner...]
      average[outer..., one...] = centre[outer...]
      inverse[outer..., one...] = 1 / sqrt(spread[outer...] + epsilon)
    }

    operator RMSNormalization(
      x: real[outer..., inner...], scale: real[inner...]; axis: axis(x) = -1, epsilon: real = 1e-5)
      -> (y: real[outer..., inner...], inverse: real[outer..., min(inner, 1)...])
      onnx broadcasting scale splitting x at axis ignoring stash_type
      onnx "SimplifiedLayerNormalization" broadcasting scale splitting x at axis ignoring stash_type
      microsoft "SimplifiedLayerNormalization" broadcasting scale splitting x at axis
        ignoring stash_type
    {
      square[outer...] = mean(inner...) x[outer..., inner...] * x[outer..., inner...]
      y[outer..., inner...] = x[outer..., inner...] / sqrt(square[outer...] + epsilon) * scale[inner...]
      inverse[outer..., one...] = 1 / sqrt(square[outer...] + epsilon)
    }

    # The sum of two values, normalised; the last result is the sum itself.
    operator SkipLayerNormalization(
      x: real[outer..., n], skip: real[outer..., n], scale: real[n], shift: real[n] = 0,
      bias: real[n] = 0; epsilon: real = 1e-12)
      -> (y: real[outer..., n], average: real[outer..., 1], inverse: real[outer..., 1],
        total: real[outer..., n])
      microsoft broadcasting skip
    {
      total[outer..., j] = x[outer..., j] + skip[outer..., j] + bias[j]
      centre[outer...] = mean(j) total[outer..., j]
      d[outer..., j] = total[outer..., j] - centre[outer...]
      spread[outer...] = mean(j) d[outer..., j] * d[outer..., j]
      y[outer..., j] = d[outer..., j] / sqrt(spread[outer...] + epsilon) * scale[j] + shift[j]
      average[outer..., one] = centre[outer...]
      inverse[outer..., one] = 1 / sqrt(spread[outer...] + epsilon)
    }

    # Its second result is always empty.
    operator SkipSimplifiedLayerNormalization(
      x: real[outer..., n], skip: real[outer..., n], scale: real[n], bias: real[n] = 0;
      epsilon: real = 1e-12)
      -> (y: real[outer..., n], none: real, inverse: real[outer..., 1], total: real[outer..., n])
      microsoft broadcasting skip
    {
      total[outer..., j] = x[outer..., j] + skip[outer..., j] + bias[j]
      square[outer...] = mean(j) total[outer..., j] * total[outer..., j]
      y[outer..., j] = total[outer..., j] / sqrt(square[outer...] + epsilon) * scale[j]
      none = 0
      inverse[outer..., one] = 1 / sqrt(square[outer...] + epsilon)
    }

    operator LpNormalization(x: real[outer..., n, inner...]; axis: axis(x) = -1, p: positive = 2)
      -> (y: real[outer..., n, inner...])
      onnx splitting x at axis
    {
      require p == 1 or p == 2
      size[outer..., inner...] = select(p == 1, sum(j) abs(x[outer..., j, inner...]),
        sqrt(sum(j) x[outer..., j, inner...] * x[outer..., j, inner...]))
      y[outer..., j, inner...] = x[outer..., j, inner...] / size[outer..., inner...]
    }

    # Over neighbouring channels; those that do not exist count as zero.
    operator LRN(x: real[batch, c, at...]; size: positive, alpha: real = 1e-4, beta: real = 0.75,
      bias: real = 1) -> (y: real[batch, c, at...]) onnx
    {
      square[n, i, at...] = sum(j in size)
        x[n, i + j - (size - 1) / 2, at...] * x[n, i + j - (size - 1) / 2, at...] for i in c
      y[n, i, at...] = x[n, i, at...] / (bias + alpha / size * square[n, i, at...]) ^ beta
    }

    operator MeanVarianceNormalization(x: real[kept..., gone...]; axes: axes(x) = list(0, 2, 3))
      -> (y: real[kept..., gone...])
      onnx reducing x over axes
    {
      average[kept...] = mean(gone...) x[kept..., gone...]
      d[kept..., gone...] = x[kept..., gone...] - average[kept...]
      spread[kept...] = mean(gone...) d[kept..., gone...] * d[kept..., gone...]
      y[kept..., gone...] = d[kept..., gone...] / (sqrt(spread[kept...]) + 1e-9)
    }
    
    """#
  ),
  (
    "Circuits/operators/places.circuit",
    #"""
    # What depends on where an element is.

    # A triangle; the rest is zero.
    operator Trilu(x: any[outer..., rows, columns]; k: int = 0, upper: flag = 1)
      -> (y: any[outer..., rows, columns]) onnx (x, k)
    { y[outer..., i, j] = select(select(upper, j - i >= k, j - i <= k), x[outer..., i, j], 0) }

    operator EyeLike(x: any[rows, columns]; dtype: element = 1, k: int = 0)
      -> (y: dtype[rows, columns]) onnx ignoring x
    { y[i, j] = j == i + k }

    operator Range(start: number, limit: number, delta: number)
      -> (y: number[max(0, -floor_divide(value(start) - value(limit), value(delta)))])
      onnx ignoring stash_type
    { y[i] = start + i * delta }

    # Windows that signals are seen through.
    function turn(i, n) = 2 * pi * i / n

    operator HannWindow(size: int; periodic: flag = 1) -> (y: real[value(size)])
      onnx ignoring output_datatype
    {
      let n = value(size) - 1 + periodic
      y[i] = 0.5 - 0.5 * cos(turn(i, n))
    }

    operator HammingWindow(size: int; periodic: flag = 1) -> (y: real[value(size)])
      onnx ignoring output_datatype
    {
      let n = value(size) - 1 + periodic
      y[i] = 25 / 46 - 21 / 46 * cos(turn(i, n))
    }

    operator BlackmanWindow(size: int; periodic: flag = 1) -> (y: real[value(size)])
      onnx ignoring output_datatype
    {
      let n = value(size) - 1 + periodic
      y[i] = 0.42 - 0.5 * cos(turn(i, n)) + 0.08 * cos(2 * turn(i, n))
    }
    
    """#
  ),
  (
    "Circuits/operators/pooling.circuit",
    #"""
    # Pooling over any number of axes. What lies outside of x never wins a maximum, and is zero in a
    # sum.

    operator MaxPool(x: number[batch, c, at...]; kernel_shape: positive[at],
      strides: positive[at] = 1, dilations: positive[at] = 1, ceil_mode: flag = 0,
      pads: padding(at, kernel_shape, strides, dilations, ceil_mode))
      -> (y: number[batch, c, windows(at, kernel_shape, strides, dilations, pads)...])
      onnx ignoring storage_order
    {
      require all(pads.before <= (kernel_shape - 1) * dilations ...)
      require all(pads.after <= (kernel_shape - 1) * dilations ...)
      y[n, i, p...] = max(tap... in kernel_shape)
        x[n, i, p * strides + tap * dilations - pads.before ...]
    }

    # A window is divided by how many of its elements exist, or by those that the padding has too.
    operator AveragePool(x: real[batch, c, at...]; kernel_shape: positive[at],
      strides: positive[at] = 1, dilations: positive[at] = 1, ceil_mode: flag = 0,
      count_include_pad: flag = 0, pads: padding(at, kernel_shape, strides, dilations, ceil_mode))
      -> (y: real[batch, c, windows(at, kernel_shape, strides, dilations, pads)...])
      onnx
    {
      # Of windows with gaps that end beyond the padding ONNX and ONNX Runtime count different elements.
      require ceil_mode == 0 or count_include_pad == 0 or all(dilations == 1 ...)
        or all(windows(at, kernel_shape, strides, dilations, pads) * strides - strides
          + (kernel_shape - 1) * dilations < pads.before + at + pads.after ...)
      seen[p...] = sum(tap... in kernel_shape) select(count_include_pad,
        all(p * strides + tap * dilations < pads.before + at + pads.after ...),
        inside(x[0, 0, p * strides + tap * dilations - pads.before ...]))
        for p... in windows(at, kernel_shape, strides, dilations, pads)
      y[n, i, p...] = (sum(tap... in kernel_shape)
        x[n, i, p * strides + tap * dilations - pads.before ...]) / seen[p...]
    }

    operator LpPool(x: real[batch, c, at...]; kernel_shape: positive[at], p: positive = 2,
      strides: positive[at] = 1, dilations: positive[at] = 1, ceil_mode: flag = 0,
      pads: padding(at, kernel_shape, strides, dilations, ceil_mode))
      -> (y: real[batch, c, windows(at, kernel_shape, strides, dilations, pads)...])
      onnx 2
    {
      y[n, i, o...] = (sum(tap... in kernel_shape)
        abs(x[n, i, o * strides + tap * dilations - pads.before ...]) ^ p) ^ (1 / p)
    }

    operator GlobalAveragePool(x: real[batch, c, at...]) -> (y: real[batch, c, min(at, 1)...]) onnx
    { y[n, i, one...] = mean(at...) x[n, i, at...] }

    operator GlobalMaxPool(x: real[batch, c, at...]) -> (y: real[batch, c, min(at, 1)...]) onnx
    { y[n, i, one...] = max(at...) x[n, i, at...] }

    operator GlobalLpPool(x: real[batch, c, at...]; p: positive = 2)
      -> (y: real[batch, c, min(at, 1)...]) onnx 2
    { y[n, i, one...] = (sum(at...) abs(x[n, i, at...]) ^ p) ^ (1 / p) }
    
    """#
  ),
  (
    "Circuits/operators/products.circuit",
    #"""
    # Products of matrices.

    operator MatMul(a: number[outer..., m, k], b: number[outer..., k, n])
      -> (c: number[outer..., m, n]) onnx broadcasting
    { c[outer..., i, j] = sum(l) a[outer..., i, l] * b[outer..., l, j] }

    # A vector is a row on the left and a column on the right.
    operator MatMulColumn(a: number[outer..., m, k], b: number[k]) -> (c: number[outer..., m])
      onnx "MatMul"
    { c[outer..., i] = sum(l) a[outer..., i, l] * b[l] }

    operator MatMulRow(a: number[k], b: number[outer..., k, n]) -> (c: number[outer..., n])
      onnx "MatMul"
    { c[outer..., j] = sum(l) a[l] * b[outer..., l, j] }

    operator MatMulVectors(a: number[k], b: number[k]) -> (c: number) onnx "MatMul"
    { c = sum(l) a[l] * b[l] }

    operator Gemm(a: number[m, k], b: number[k, n], c: number[m, n] = 0;
      alpha: real = 1, beta: real = 1, transA: flag = 0, transB: flag = 0) -> (y: number[m, n])
      onnx 7 broadcasting c transposing a if transA transposing b if transB
      onnx 1..6 broadcasting c transposing a if transA transposing b if transB ignoring broadcast
    { y[i, j] = alpha * (sum(l) a[i, l] * b[l, j]) + beta * c[i, j] }
    
    """#
  ),
  (
    "Circuits/operators/quantised.circuit",
    #"""
    # Integers that stand for reals, with a scale and a zero point that the reals themselves decide: theirs are
    # the least and the greatest, and zero among them. Quotients of that distance are rounded as they are,
    # so that no error of a scale comes into them; a quotient half way between two integers is rounded up.
    # Of zeros alone the scale is 1 / 255.

    operator DynamicQuantizeLinear(x: real[at...]) -> (y: int[at...], scale: real, zero: int)
      onnx 11
    {
      low = min(min(i... in at) x[i...], 0)
      high = max(max(i... in at) x[i...], 0)
      extent = max(high, 0.000001) - low
      scale = (high - low + select(high - low == 0, 1, 0)) / 255
      zero = min(max(floor((extent - 510 * low) / (2 * extent)), 0), 255)
      y[i...] = min(max(floor((510 * x[i...] + extent) / (2 * extent)) + zero, 0), 255)
    }
    
    """#
  ),
  (
    "Circuits/operators/reductions.circuit",
    #"""
    # Reductions. The axes are an operand since version 18, those of ReduceSum since version 13.

    operator ReduceSum(x: number[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: number[kept...])
      onnx 13 (x, axes) reducing x over axes keeping keepdims
      onnx 1..12 reducing x over axes keeping keepdims
    {
      y[kept...] = sum(gone...) x[kept..., gone...]
    }

    operator ReduceMean(x: real[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: real[kept...])
      onnx 18 (x, axes) reducing x over axes keeping keepdims
      onnx 1..17 reducing x over axes keeping keepdims
    {
      y[kept...] = mean(gone...) x[kept..., gone...]
    }

    operator ReduceMax(x: number[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: number[kept...])
      onnx 18 (x, axes) reducing x over axes keeping keepdims
      onnx 1..17 reducing x over axes keeping keepdims
    {
      y[kept...] = max(gone...) x[kept..., gone...]
    }

    operator ReduceMin(x: number[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: number[kept...])
      onnx 18 (x, axes) reducing x over axes keeping keepdims
      onnx 1..17 reducing x over axes keeping keepdims
    {
      y[kept...] = min(gone...) x[kept..., gone...]
    }

    operator ReduceProd(x: number[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: number[kept...])
      onnx 18 (x, axes) reducing x over axes keeping keepdims
      onnx 1..17 reducing x over axes keeping keepdims
    {
      y[kept...] = product(gone...) x[kept..., gone...]
    }

    operator ReduceL1(x: number[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: number[kept...])
      onnx 18 (x, axes) reducing x over axes keeping keepdims
      onnx 1..17 reducing x over axes keeping keepdims
    {
      y[kept...] = sum(gone...) abs(x[kept..., gone...])
    }

    operator ReduceL2(x: real[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: real[kept...])
      onnx 18 (x, axes) reducing x over axes keeping keepdims
      onnx 1..17 reducing x over axes keeping keepdims
    {
      y[kept...] = sqrt(sum(gone...) x[kept..., gone...] * x[kept..., gone...])
    }

    operator ReduceSumSquare(x: number[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: number[kept...])
      onnx 18 (x, axes) reducing x over axes keeping keepdims
      onnx 1..17 reducing x over axes keeping keepdims
    {
      y[kept...] = sum(gone...) x[kept..., gone...] * x[kept..., gone...]
    }

    operator ReduceLogSum(x: real[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: real[kept...])
      onnx 18 (x, axes) reducing x over axes keeping keepdims
      onnx 1..17 reducing x over axes keeping keepdims
    {
      y[kept...] = log(sum(gone...) x[kept..., gone...])
    }

    operator ReduceLogSumExp(x: real[kept..., gone...]; axes: axes(x), keepdims: flag = 1,
      noop_with_empty_axes: flag = 0) -> (y: real[kept...])
      onnx 18 (x, axes) reducing x over axes keeping keepdims
      onnx 1..17 reducing x over axes keeping keepdims
    {
      top[kept...] = max(gone...) x[kept..., gone...]
      y[kept...] = top[kept...] + log(sum(gone...) exp(x[kept..., gone...] - top[kept...]))
    }

    operator ArgMax(x: number[outer..., n, inner...]; axis: axis(x) = 0, keepdims: flag = 1,
      select_last_index: flag = 0) -> (y: int[outer..., 1 if keepdims, inner...])
      onnx splitting x at axis
    {
      y[outer..., inner...] = select(select_last_index,
        last_argmax(j) x[outer..., j, inner...], argmax(j) x[outer..., j, inner...])
    }

    operator ArgMin(x: number[outer..., n, inner...]; axis: axis(x) = 0, keepdims: flag = 1,
      select_last_index: flag = 0) -> (y: int[outer..., 1 if keepdims, inner...])
      onnx splitting x at axis
    {
      y[outer..., inner...] = select(select_last_index,
        last_argmin(j) x[outer..., j, inner...], argmin(j) x[outer..., j, inner...])
    }

    # Sums of everything up to an element; in reverse, from it on.
    operator CumSum(x: number[outer..., n, inner...]; axis: axis(x), exclusive: flag = 0,
      reverse: flag = 0) -> (y: number[outer..., n, inner...])
      onnx (x, axis) splitting x at axis
    {
      y[outer..., i, inner...] = sum(j in n) x[outer..., j, inner...]
        * select(reverse, j >= i + exclusive, j <= i - exclusive)
    }
    
    """#
  ),
  (
    "Circuits/operators/softmax.circuit",
    #"""
    # Before version 13 all axes from `axis` on counted as one.

    operator Softmax(x: real[outer..., n, inner...]; axis: axis(x) = -1)
      -> (y: real[outer..., n, inner...])
      onnx 13 splitting x at axis
      onnx 1..12 flattening x at axis = 1
    {
      top[outer..., inner...] = max(j) x[outer..., j, inner...]
      power[outer..., j, inner...] = exp(x[outer..., j, inner...] - top[outer..., inner...])
      y[outer..., j, inner...] = power[outer..., j, inner...] / sum(k) power[outer..., k, inner...]
    }

    operator LogSoftmax(x: real[outer..., n, inner...]; axis: axis(x) = -1)
      -> (y: real[outer..., n, inner...])
      onnx 13 splitting x at axis
      onnx 1..12 flattening x at axis = 1
    {
      top[outer..., inner...] = max(j) x[outer..., j, inner...]
      below[outer..., j, inner...] = x[outer..., j, inner...] - top[outer..., inner...]
      total[outer..., inner...] = log(sum(j) exp(below[outer..., j, inner...]))
      y[outer..., j, inner...] = below[outer..., j, inner...] - total[outer..., inner...]
    }

    operator Hardmax(x: real[outer..., n, inner...]; axis: axis(x) = -1)
      -> (y: real[outer..., n, inner...])
      onnx 13 splitting x at axis
      onnx 1..12 flattening x at axis = 1
    {
      place[outer..., inner...] = argmax(j) x[outer..., j, inner...]
      y[outer..., j, inner...] = j == place[outer..., inner...]
    }
    
    """#
  ),
  (
    "Circuits/operators/sorting.circuit",
    #"""
    # The k greatest elements along an axis, or the least, in order, and where they are; of equal ones the
    # first comes first. An element's rank is how many are before it.
    operator TopK(x: number[outer..., n, inner...];
      k: positive, axis: axis(x) = -1, largest: flag = 1)
      -> (y: number[outer..., k, inner...], place: int[outer..., k, inner...])
      onnx 10 (x, k) splitting x at axis ignoring sorted
    {
      rank[outer..., i, inner...] = sum(j in n) select(largest,
        select(j < i, x[outer..., j, inner...] >= x[outer..., i, inner...],
          x[outer..., j, inner...] > x[outer..., i, inner...]),
        select(j < i, x[outer..., j, inner...] <= x[outer..., i, inner...],
          x[outer..., j, inner...] < x[outer..., i, inner...]))
      y[outer..., t, inner...] = sum(i in n)
        select(rank[outer..., i, inner...] == t, x[outer..., i, inner...], 0)
      place[outer..., t, inner...] = sum(i in n) select(rank[outer..., i, inner...] == t, i, 0)
    }
    
    """#
  ),
]
