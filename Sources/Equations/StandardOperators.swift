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

    # One half of the channels, times the other half of them.
    operator BiasSplitGelu(x: real[batch, n, 2 * half], bias: real[2 * half])
      -> (y: real[batch, n, half]) microsoft
    {
      z[b, i, j] = x[b, i, j] + bias[j]
      y[b, i, j] = z[b, i, j] * gelu(z[b, i, half + j])
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

    operator BiasAdd(x: real[batch, n, c], bias: real[c], skip: real[batch, n, c])
      -> (y: real[batch, n, c]) microsoft
    { y[b, i, j] = x[b, i, j] + bias[j] + skip[b, i, j] }
    
    """#
  ),
  (
    "Circuits/operators/attention.circuit",
    #"""
    # Attention: each query sees all keys, and gives the mean of their values with a softmax's weights.

    # Scores that stay within a limit; 0 is no limit.
    function softened(score, limit) = select(limit == 0, score, limit * tanh(score / limit))

    # What is added to a score where a query may not see a key: more than any score, and yet a number.
    function barred(sees) = select(sees, 0, -1e30)

    # Whether a key is as near as a window allows; a negative window is none.
    function within(distance, window) = select(window < 0, 0, barred(distance <= window))

    # Heads of keys are shared by `share` heads of queries each. Keys and values of earlier calls come before
    # the new ones. `lengths` say how many keys there are of each element of the batch.
    operator Attention(
      query: real[batch, heads * share, m, d], key: real[batch, heads, n, d],
      value: real[batch, heads, n, e], mask: any[batch, heads * share, m, past + n] = 0,
      past_key: real[batch, heads, past, d] = 0, past_value: real[batch, heads, past, e] = 0,
      lengths: int[batch] = 0;
      scale: real = 1 / sqrt(d), softcap: real = 0, is_causal: flag = 0, left_window_size: int = -1,
      right_window_size: int = -1, qk_matmul_output_mode: nat = 0)
      -> (y: real[batch, heads * share, m, e], present_key: real[batch, heads, past + n, d],
        present_value: real[batch, heads, past + n, e], scores: real[batch, heads * share, m, past + n])
      onnx 23 broadcasting mask ignoring softmax_precision
    {
      require qk_matmul_output_mode <= 3
      require not (given(lengths) and given(past_key))
      present_key[b, g, j, c] = past_key[b, g, j, c] + key[b, g, j - past, c]
      present_value[b, g, j, c] = past_value[b, g, j, c] + value[b, g, j - past, c]
      raw[b, g * share + s, i, j] = scale
        * (sum(c) query[b, g * share + s, i, c] * present_key[b, g, j, c]) for g in heads, s in share
      capped[b, h, i, j] = softened(raw[b, h, i, j], softcap)
      offset[b] = select(given(lengths), lengths[b] - m, past) for b in batch
      seen[b, h, i, j] = capped[b, h, i, j]
        + select(boolean(mask), barred(mask[b, h, i, j]), mask[b, h, i, j])
        + select(is_causal, barred(j <= i + offset[b]), 0)
        + within(i + offset[b] - j, left_window_size) + within(j - i - offset[b], right_window_size)
        + select(given(lengths), barred(j < lengths[b]), 0)
      top[b, h, i] = max(j) seen[b, h, i, j]
      power[b, h, i, j] = exp(seen[b, h, i, j] - top[b, h, i])
      # Of a query that sees no key, all weights are zero.
      open[b, h, i] = max(j in past + n) (select(boolean(mask), mask[b, h, i, j], 1)
          and select(is_causal, j <= i + offset[b], 1)
          and select(left_window_size < 0, 1, i + offset[b] - j <= left_window_size)
          and select(right_window_size < 0, 1, j - i - offset[b] <= right_window_size)
          and select(given(lengths), j < lengths[b], 1)) for b in batch, h in heads * share, i in m
      weight[b, h, i, j] = power[b, h, i, j] / (sum(k) power[b, h, i, k])
        * select(boolean(mask) or given(lengths), open[b, h, i], 1)
      y[b, g * share + s, i, c] = sum(j) weight[b, g * share + s, i, j] * present_value[b, g, j, c]
        for g in heads, s in share
      scores[b, h, i, j] = select(qk_matmul_output_mode == 0, raw[b, h, i, j],
        select(qk_matmul_output_mode == 1, capped[b, h, i, j],
          select(qk_matmul_output_mode == 2, seen[b, h, i, j], weight[b, h, i, j])))
    }

    # The same where the last axis has the heads too.
    operator AttentionOfRows(
      query: real[batch, m, q_num_heads * d], key: real[batch, n, kv_num_heads * d],
      value: real[batch, n, kv_num_heads * e], mask: any[batch, q_num_heads, m, past + n] = 0,
      past_key: real[batch, kv_num_heads, past, d] = 0,
      past_value: real[batch, kv_num_heads, past, e] = 0, lengths: int[batch] = 0;
      q_num_heads: positive, kv_num_heads: positive, scale: real = 1 / sqrt(d), softcap: real = 0,
      is_causal: flag = 0, left_window_size: int = -1, right_window_size: int = -1,
      qk_matmul_output_mode: nat = 0)
      -> (y: real[batch, m, q_num_heads * e], present_key: real[batch, kv_num_heads, past + n, d],
        present_value: real[batch, kv_num_heads, past + n, e],
        scores: real[batch, q_num_heads, m, past + n])
      onnx "Attention" 23 broadcasting mask ignoring softmax_precision
    {
      require qk_matmul_output_mode <= 3 and q_num_heads % kv_num_heads == 0
      require not (given(lengths) and given(past_key))
      let share = q_num_heads / kv_num_heads
      present_key[b, g, j, c] = past_key[b, g, j, c] + key[b, j - past, g * d + c]
      present_value[b, g, j, c] = past_value[b, g, j, c] + value[b, j - past, g * e + c]
      raw[b, g * share + s, i, j] = scale
        * (sum(c) query[b, i, (g * share + s) * d + c] * present_key[b, g, j, c])
        for g in kv_num_heads, s in share
      capped[b, h, i, j] = softened(raw[b, h, i, j], softcap)
      offset[b] = select(given(lengths), lengths[b] - m, past) for b in batch
      seen[b, h, i, j] = capped[b, h, i, j]
        + select(boolean(mask), barred(mask[b, h, i, j]), mask[b, h, i, j])
        + select(is_causal, barred(j <= i + offset[b]), 0)
        + within(i + offset[b] - j, left_window_size) + within(j - i - offset[b], right_window_size)
        + select(given(lengths), barred(j < lengths[b]), 0)
      top[b, h, i] = max(j) seen[b, h, i, j]
      power[b, h, i, j] = exp(seen[b, h, i, j] - top[b, h, i])
      # Of a query that sees no key, all weights are zero.
      open[b, h, i] = max(j in past + n) (select(boolean(mask), mask[b, h, i, j], 1)
          and select(is_causal, j <= i + offset[b], 1)
          and select(left_window_size < 0, 1, i + offset[b] - j <= left_window_size)
          and select(right_window_size < 0, 1, j - i - offset[b] <= right_window_size)
          and select(given(lengths), j < lengths[b], 1)) for b in batch, h in q_num_heads, i in m
      weight[b, h, i, j] = power[b, h, i, j] / (sum(k) power[b, h, i, k])
        * select(boolean(mask) or given(lengths), open[b, h, i], 1)
      y[b, i, (g * share + s) * e + c] = sum(j) weight[b, g * share + s, i, j]
        * present_value[b, g, j, c] for g in kv_num_heads, s in share, c in e
      scores[b, h, i, j] = select(qk_matmul_output_mode == 0, raw[b, h, i, j],
        select(qk_matmul_output_mode == 1, capped[b, h, i, j],
          select(qk_matmul_output_mode == 2, seen[b, h, i, j], weight[b, h, i, j])))
    }

    # Queries, keys and values of one input. The mask says which keys there are, for each element of the
    # batch.
    operator SelfAttention(
      x: real[batch, m, w], weights: real[w, 3 * num_heads * d], bias: real[3 * num_heads * d] = 0,
      mask: int[batch, past + m] = 1, earlier: real[2, batch, num_heads, past, d] = 0,
      attention_bias: real[batch, num_heads, m, past + m] = 0;
      num_heads: positive, scale: real = 0, unidirectional: flag = 0, mask_filter_value: real = -10000,
      qkv_hidden_sizes: ints = list(0, 0, 0))
      -> (y: real[batch, m, num_heads * d], present: real[2, batch, num_heads, past + m, d])
      microsoft "Attention" broadcasting attention_bias
    {
      let factor = select(scale == 0, 1 / sqrt(d), scale)
      let width = num_heads * d
      require all(qkv_hidden_sizes == 0 or qkv_hidden_sizes == width ...)
      all[b, i, j] = bias[j] + sum(k) x[b, i, k] * weights[k, j]
      present[p, b, g, j, c] = earlier[p, b, g, j, c]
        + all[b, j - past, (p + 1) * width + g * d + c]
      raw[b, g, i, j] = factor * (sum(c in d) all[b, i, g * d + c] * present[0, b, g, j, c])
        for g in num_heads
      seen[b, g, i, j] = raw[b, g, i, j] + attention_bias[b, g, i, j]
        + select(given(mask), select(mask[b, j] > 0, 0, mask_filter_value), 0)
        + select(unidirectional, barred(j <= i + past), 0)
      top[b, g, i] = max(j) seen[b, g, i, j]
      power[b, g, i, j] = exp(seen[b, g, i, j] - top[b, g, i])
      weight[b, g, i, j] = power[b, g, i, j] / sum(k) power[b, g, i, k]
      y[b, i, g * d + c] = sum(j) weight[b, g, i, j] * present[1, b, g, j, c] for g in num_heads, c in d
    }

    operator MultiHeadAttention(
      query: real[batch, m, num_heads * d], key: real[batch, n, num_heads * d],
      value: real[batch, n, num_heads * e], bias: real[2 * num_heads * d + num_heads * e] = 0,
      mask: int[batch, past + n] = 1, attention_bias: real[batch, num_heads, m, past + n] = 0,
      past_key: real[batch, num_heads, past, d] = 0, past_value: real[batch, num_heads, past, e] = 0;
      num_heads: positive, scale: real = 0, unidirectional: flag = 0, mask_filter_value: real = -10000)
      -> (y: real[batch, m, num_heads * e], present_key: real[batch, num_heads, past + n, d],
        present_value: real[batch, num_heads, past + n, e])
      microsoft broadcasting attention_bias
    {
      let factor = select(scale == 0, 1 / sqrt(d), scale)
      let width = num_heads * d
      q[b, i, j] = query[b, i, j] + bias[j] for b in batch, i in m, j in width
      k[b, i, j] = key[b, i, j] + bias[width + j] for b in batch, i in n, j in width
      v[b, i, j] = value[b, i, j] + bias[2 * width + j] for b in batch, i in n, j in num_heads * e
      present_key[b, g, j, c] = past_key[b, g, j, c] + k[b, j - past, g * d + c]
      present_value[b, g, j, c] = past_value[b, g, j, c] + v[b, j - past, g * e + c]
      raw[b, g, i, j] = factor * (sum(c) q[b, i, g * d + c] * present_key[b, g, j, c])
      seen[b, g, i, j] = raw[b, g, i, j] + attention_bias[b, g, i, j]
        + select(given(mask), select(mask[b, j] > 0, 0, mask_filter_value), 0)
        + select(unidirectional, barred(j <= i + past), 0)
      top[b, g, i] = max(j) seen[b, g, i, j]
      power[b, g, i, j] = exp(seen[b, g, i, j] - top[b, g, i])
      weight[b, g, i, j] = power[b, g, i, j] / sum(l) power[b, g, i, l]
      y[b, i, g * e + c] = sum(j) weight[b, g, i, j] * present_value[b, g, j, c]
        for g in num_heads, c in e
    }

    # A query sees the keys up to its own, of these not those beyond its text's last, and with a window only
    # the nearest; where none of these is left it gives zero. Where there are earlier keys the new ones end
    # at the text's last, wherever that is.
    operator GroupQueryAttention(
      query: real[batch, m, num_heads * d], key: real[batch, m, kv_num_heads * d],
      value: real[batch, m, kv_num_heads * d], past_key: real[batch, kv_num_heads, past, d] = 0,
      past_value: real[batch, kv_num_heads, past, d] = 0, ends: int[batch] = 0,
      total: int[total_axes...] = 0, cosine: real[angles, half] = 0, sine: real[angles, half] = 0,
      place: int[batch, m] = 0, attention_bias: real[batch, num_heads, m, past + m] = 0;
      num_heads: positive, kv_num_heads: positive, scale: real = 0, softcap: real = 0,
      do_rotary: flag = 0, rotary_interleaved: flag = 0, local_window_size: int = -1,
      smooth_softmax: int = 0)
      -> (y: real[batch, m, num_heads * d], present_key: real[batch, kv_num_heads, past + m, d],
        present_value: real[batch, kv_num_heads, past + m, d])
      microsoft broadcasting attention_bias ignoring total
    {
      require smooth_softmax <= 0 and num_heads % kv_num_heads == 0
      require do_rotary == 0 or d == 2 * half
      let share = num_heads / kv_num_heads
      let factor = select(scale == 0, 1 / sqrt(d), scale)
      let step = select(rotary_interleaved, 2, 1)
      let beside = select(rotary_interleaved, 1, max(half, 1))
      start[b] = select(past > 0, ends[b] + (1 - m), 0) for b in batch
      near[b, i, t] = select(given(place), cosine[place[b, i], t], cosine[start[b] + i, t])
        for b in batch, i in m, t in max(half, 1)
      far[b, i, t] = select(given(place), sine[place[b, i], t], sine[start[b] + i, t])
        for b in batch, i in m, t in max(half, 1)
      turned_query[b, h, i, t * step + a * beside] =
        query[b, i, h * d + t * step + a * beside] * near[b, i, t]
        + query[b, i, h * d + t * step + beside - a * beside] * ((2 * a - 1) * far[b, i, t])
        for h in num_heads, t in max(half, 1), a in 2
      turned_key[b, g, i, t * step + a * beside] =
        key[b, i, g * d + t * step + a * beside] * near[b, i, t]
        + key[b, i, g * d + t * step + beside - a * beside] * ((2 * a - 1) * far[b, i, t])
        for g in kv_num_heads, t in max(half, 1), a in 2
      q[b, h, i, j] = select(do_rotary, turned_query[b, h, i, j], query[b, i, h * d + j])
        for b in batch, h in num_heads, i in m, j in d
      k[b, g, i, j] = select(do_rotary, turned_key[b, g, i, j], key[b, i, g * d + j])
        for b in batch, g in kv_num_heads, i in m, j in d
      spot[b, i] = max(0, min(m - 1, i - start[b])) for b in batch, i in past + m
      present_key[b, g, i, j] = select(i < start[b], past_key[b, g, i, j],
        select(i < start[b] + m, k[b, g, spot[b, i], j], 0))
      present_value[b, g, i, j] = select(i < start[b], past_value[b, g, i, j],
        select(i < start[b] + m, value[b, spot[b, i], g * d + j], 0))
      raw[b, g * share + s, i, j] = factor
        * (sum(c) q[b, g * share + s, i, c] * present_key[b, g, j, c]) for g in kv_num_heads, s in share
      seen[b, h, i, j] = softened(raw[b, h, i, j], softcap) + attention_bias[b, h, i, j]
        + barred(j <= select(given(ends), min(start[b] + i, ends[b]), start[b] + i))
        + within(start[b] + i - j, local_window_size - 1)
      top[b, h, i] = max(j) seen[b, h, i, j]
      power[b, h, i, j] = exp(seen[b, h, i, j] - top[b, h, i])
      weight[b, h, i, j] = power[b, h, i, j] / sum(l) power[b, h, i, l]
      sees[b, i] = select(given(ends) and local_window_size > 0,
        select(start[b] + i - ends[b] < local_window_size, 1, 0), 1) for b in batch, i in m
      y[b, i, (g * share + s) * d + c] = sees[b, i] * (sum(j) weight[b, g * share + s, i, j]
        * present_value[b, g, j, c]) for g in kv_num_heads, s in share, c in d
    }
    
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
    # Normalisations.

    # In training by what the batch has, of which a share goes into the running averages.
    operator BatchNormalization(
      x: real[batch, c, at...], scale: real[c], bias: real[c], average: real[c], variance: real[c];
      epsilon: real = 1e-5, training_mode: flag = 0, spatial: flag = 1, momentum: real = 0.9)
      -> (y: real[batch, c, at...], running_average: real[c], running_variance: real[c])
      onnx 14
      onnx 7..13 ignoring momentum
      onnx 1..6 ignoring momentum, is_test
    {
      require spatial == 1
      centre[i] = select(training_mode, mean(n, at...) x[n, i, at...], average[i])
      d[n, i, at...] = x[n, i, at...] - centre[i]
      spread[i] = select(training_mode, mean(n, at...) d[n, i, at...] * d[n, i, at...], variance[i])
      y[n, i, at...] = d[n, i, at...] / sqrt(spread[i] + epsilon) * scale[i] + bias[i]
      running_average[i] = momentum * average[i] + (1 - momentum) * centre[i]
      running_variance[i] = momentum * variance[i] + (1 - momentum) * spread[i]
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

    # Words, what says where they are and what says in which part, added and normalised. The second result is
    # how many words the mask lets through.
    operator EmbedLayerNormalization(
      word: int[batch, n], part: int[batch, n] = 0, words: real[vocabulary, w], places: real[limit, w],
      parts: real[kinds, w] = 0, scale: real[w], shift: real[w], mask: int[batch, n] = 0,
      place: int[batch, n] = 0; epsilon: real = 1e-12)
      -> (y: real[batch, n, w], length: int[batch], total: real[batch, n, w])
      microsoft broadcasting place ignoring mask_index_type
    {
      total[b, i, j] = words[word[b, i], j]
        + select(given(place), places[place[b, i], j], places[i, j])
        + select(given(part), parts[part[b, i], j], 0)
      centre[b, i] = mean(j) total[b, i, j]
      d[b, i, j] = total[b, i, j] - centre[b, i]
      spread[b, i] = mean(j) d[b, i, j] * d[b, i, j]
      y[b, i, j] = d[b, i, j] / sqrt(spread[b, i] + epsilon) * scale[j] + shift[j]
      length[b] = sum(i in n) mask[b, i]
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
      y[n, i, o...] = select(p == 2,
        sqrt(sum(tap... in kernel_shape) x[n, i, o * strides + tap * dilations - pads.before ...]
          * x[n, i, o * strides + tap * dilations - pads.before ...]),
        (sum(tap... in kernel_shape)
          abs(x[n, i, o * strides + tap * dilations - pads.before ...]) ^ p) ^ (1 / p))
    }

    operator GlobalAveragePool(x: real[batch, c, at...]) -> (y: real[batch, c, min(at, 1)...]) onnx
    { y[n, i, one...] = mean(at...) x[n, i, at...] }

    operator GlobalMaxPool(x: real[batch, c, at...]) -> (y: real[batch, c, min(at, 1)...]) onnx
    { y[n, i, one...] = max(at...) x[n, i, at...] }

    operator GlobalLpPool(x: real[batch, c, at...]; p: positive = 2)
      -> (y: real[batch, c, min(at, 1)...]) onnx 2
    {
      y[n, i, one...] = select(p == 2, sqrt(sum(at...) x[n, i, at...] * x[n, i, at...]),
        (sum(at...) abs(x[n, i, at...]) ^ p) ^ (1 / p))
    }
    
    """#
  ),
  (
    "Circuits/operators/positions.circuit",
    #"""
    # What tells where in a sequence an element is: pairs of elements, turned by an angle for each pair. A pair
    # is two neighbours, or one of each half of the elements that are turned; of a head these come first.

    operator RotaryEmbedding(
      x: real[batch, heads, m, d], cosine: real[angles, half], sine: real[angles, half],
      place: int[batch, m];
      interleaved: flag = 0, rotary_embedding_dim: nat = 0) -> (y: real[batch, heads, m, d])
      onnx 23 ignoring num_heads
      microsoft (x, place, cosine, sine) ignoring num_heads
    {
      let step = select(interleaved, 2, 1)
      let beside = select(interleaved, 1, half)
      require select(rotary_embedding_dim == 0, d, rotary_embedding_dim) == 2 * half
      c[b, i, t] = cosine[place[b, i], t]
      s[b, i, t] = sine[place[b, i], t]
      turned[b, h, i, t * step + a * beside] = x[b, h, i, t * step + a * beside] * c[b, i, t]
        + x[b, h, i, t * step + beside - a * beside] * ((2 * a - 1) * s[b, i, t]) for t in half, a in 2
      y[b, h, i, j] = turned[b, h, i, j] + select(d == 2 * half, 0, select(j < 2 * half, 0, x[b, h, i, j]))
    }

    # The angles of each place.
    operator RotaryEmbeddingOfPlaces(
      x: real[batch, heads, m, d], cosine: real[batch, m, half], sine: real[batch, m, half];
      interleaved: flag = 0, rotary_embedding_dim: nat = 0) -> (y: real[batch, heads, m, d])
      onnx "RotaryEmbedding" 23 ignoring num_heads
    {
      let step = select(interleaved, 2, 1)
      let beside = select(interleaved, 1, half)
      require select(rotary_embedding_dim == 0, d, rotary_embedding_dim) == 2 * half
      turned[b, h, i, t * step + a * beside] = x[b, h, i, t * step + a * beside] * cosine[b, i, t]
        + x[b, h, i, t * step + beside - a * beside] * ((2 * a - 1) * sine[b, i, t])
        for t in half, a in 2
      y[b, h, i, j] = turned[b, h, i, j] + select(d == 2 * half, 0, select(j < 2 * half, 0, x[b, h, i, j]))
    }

    # Heads side by side.
    operator RotaryEmbeddingOfRows(
      x: real[batch, m, num_heads * d], cosine: real[angles, half], sine: real[angles, half],
      place: int[batch, m];
      num_heads: positive, interleaved: flag = 0, rotary_embedding_dim: nat = 0)
      -> (y: real[batch, m, num_heads * d])
      onnx "RotaryEmbedding" 23
    {
      let step = select(interleaved, 2, 1)
      let beside = select(interleaved, 1, half)
      require select(rotary_embedding_dim == 0, d, rotary_embedding_dim) == 2 * half
      c[b, i, t] = cosine[place[b, i], t]
      s[b, i, t] = sine[place[b, i], t]
      turned[b, i, h, t * step + a * beside] = x[b, i, h * d + t * step + a * beside] * c[b, i, t]
        + x[b, i, h * d + t * step + beside - a * beside] * ((2 * a - 1) * s[b, i, t])
        for h in num_heads, t in half, a in 2
      y[b, i, h * d + j] = turned[b, i, h, j]
        + select(d == 2 * half, 0, select(j < 2 * half, 0, x[b, i, h * d + j])) for h in num_heads, j in d
    }

    operator RotaryEmbeddingOfRowsAndPlaces(
      x: real[batch, m, num_heads * d], cosine: real[batch, m, half], sine: real[batch, m, half];
      num_heads: positive, interleaved: flag = 0, rotary_embedding_dim: nat = 0)
      -> (y: real[batch, m, num_heads * d])
      onnx "RotaryEmbedding" 23
    {
      let step = select(interleaved, 2, 1)
      let beside = select(interleaved, 1, half)
      require select(rotary_embedding_dim == 0, d, rotary_embedding_dim) == 2 * half
      turned[b, i, h, t * step + a * beside] = x[b, i, h * d + t * step + a * beside] * cosine[b, i, t]
        + x[b, i, h * d + t * step + beside - a * beside] * ((2 * a - 1) * sine[b, i, t])
        for h in num_heads, t in half, a in 2
      y[b, i, h * d + j] = turned[b, i, h, j]
        + select(d == 2 * half, 0, select(j < 2 * half, 0, x[b, i, h * d + j])) for h in num_heads, j in d
    }

    # All of a head is turned, so that the angles tell how long one is.
    operator RotaryEmbeddingOfWholeRows(
      x: real[batch, m, heads * 2 * half], place: int[batch, m], cosine: real[angles, half],
      sine: real[angles, half]; interleaved: flag = 0, rotary_embedding_dim: nat = 0)
      -> (y: real[batch, m, heads * 2 * half])
      microsoft "RotaryEmbedding" ignoring num_heads
    {
      let step = select(interleaved, 2, 1)
      let beside = select(interleaved, 1, half)
      require rotary_embedding_dim == 0
      c[b, i, t] = cosine[place[b, i], t]
      s[b, i, t] = sine[place[b, i], t]
      y[b, i, h * 2 * half + t * step + a * beside] =
        x[b, i, h * 2 * half + t * step + a * beside] * c[b, i, t]
        + x[b, i, h * 2 * half + t * step + beside - a * beside] * ((2 * a - 1) * s[b, i, t])
        for h in heads, t in half, a in 2
    }

    # Places from a first one on.
    operator RotaryEmbeddingFrom(
      x: real[batch, m, heads * 2 * half], first: int[1], cosine: real[angles, half],
      sine: real[angles, half]; interleaved: flag = 0, rotary_embedding_dim: nat = 0)
      -> (y: real[batch, m, heads * 2 * half])
      microsoft "RotaryEmbedding" ignoring num_heads
    {
      let step = select(interleaved, 2, 1)
      let beside = select(interleaved, 1, half)
      require rotary_embedding_dim == 0
      c[i, t] = cosine[first[0] + i, t] for i in m
      s[i, t] = sine[first[0] + i, t] for i in m
      y[b, i, h * 2 * half + t * step + a * beside] =
        x[b, i, h * 2 * half + t * step + a * beside] * c[i, t]
        + x[b, i, h * 2 * half + t * step + beside - a * beside] * ((2 * a - 1) * s[i, t])
        for h in heads, t in half, a in 2
    }
    
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

    # Of batches, the matrices of which may be transposed.
    operator FusedMatMul(a: real[outer..., m, k], b: real[outer..., k, n];
      alpha: real = 1, transA: flag = 0, transB: flag = 0, transBatchA: flag = 0, transBatchB: flag = 0)
      -> (c: real[outer..., m, n])
      microsoft broadcasting transposing a if transA transposing b if transB
      microsoft "TransposeMatMul" broadcasting transposing a if transA transposing b if transB
    {
      require transBatchA == 0 and transBatchB == 0
      c[outer..., i, j] = alpha * (sum(l) a[outer..., i, l] * b[outer..., l, j])
    }
    
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
    "Circuits/operators/sampling.circuit",
    #"""
    # Images seen at places that are values: elements near a place, weighed by how near they are.

    # Where a coordinate from -1 to 1 is in an axis: at the middles of its first and last elements, or at
    # their outer ends.
    function spot(g, size, aligned) =
      select(aligned, (g + 1) / 2 * (size - 1), ((g + 1) * size - 1) / 2)

    # A place that is thrown back at both ends as often as it takes.
    function thrown(v, low, high) = high - abs((v - low) % (2 * (high - low)) - (high - low))

    function mirrored(v, size, aligned) =
      select(aligned, thrown(v, 0, size - 1), thrown(v, -0.5, size - 0.5))

    # Beyond the axis there is nothing (0), the last element (1), or what is mirrored (2). Of nothing as much
    # counts as `reach` elements see.
    function kept(v, size, aligned, beyond, reach) = select(beyond == 2, mirrored(v, size, aligned),
      select(beyond == 1, clamp(v, 0, size - 1), clamp(v, -reach, size - 1 + reach)))

    # The element that stands at a place before or after an axis.
    function substitute(i, size, aligned, beyond) =
      select(beyond == 2, mirrored(i, size, aligned), clamp(i, 0, size - 1))

    # The same, but that of nothing there is no element.
    function standing(i, size, aligned, beyond) =
      select(beyond == 0, i, substitute(i, size, aligned, beyond))

    # Of how many weights of all elements for all places a constant grid may consist.
    function few(count) = count <= 16777216

    # Of the elements before and after a place, the first and the second.
    function linear(a, ratio) = 1 - a + (2 * a - 1) * ratio

    # Of four elements, a = 0 to 3, of which the second is before a place.
    function cubic(a, t) = select(a == 0, ((-0.75 * t + 1.5) * t - 0.75) * t,
      select(a == 1, (1.25 * t - 2.25) * t * t + 1,
        select(a == 2, ((-1.25 * t + 1.5) * t + 0.75) * t, (0.75 * t - 0.75) * t * t)))

    operator GridSample(
      x: real[batch, c, h, w], grid: real[batch, p, q, 2];
      mode: choice(bilinear, linear) = bilinear,
      padding_mode: choice(zeros, border, reflection) = zeros, align_corners: flag = 0)
      -> (y: real[batch, c, p, q])
      onnx 16
    {
      require mode == bilinear or mode == linear
      require not constant(grid) or few(batch * p * q * h * w)
      let beyond = select(padding_mode == zeros, 0, select(padding_mode == border, 1, 2))
      require beyond < 2 or align_corners == 0 or min(h, w) > 1
      down[n, i, j] = kept(spot(grid[n, i, j, 1], h, align_corners), h, align_corners, beyond, 1)
      right[n, i, j] = kept(spot(grid[n, i, j, 0], w, align_corners), w, align_corners, beyond, 1)
      top[n, i, j] = floor(down[n, i, j])
      left[n, i, j] = floor(right[n, i, j])
      below[n, i, j] = down[n, i, j] - top[n, i, j]
      beside[n, i, j] = right[n, i, j] - left[n, i, j]
      share[n, i, j, a, b] = linear(a, below[n, i, j]) * linear(b, beside[n, i, j]) for a in 2, b in 2
      around[n, k, i * (w + 3) + j] = select(beyond == 0, x[n, k, i - 1, j - 1],
        x[n, k, substitute(i - 1, h, align_corners, beyond),
          substitute(j - 1, w, align_corners, beyond)]) for i in h + 3, j in w + 3
      place[n, i, j] = (top[n, i, j] + 1) * (w + 3) + left[n, i, j] + 1
      near[n, i, j, a, b, k] = around[n, k, place[n, i, j] + a * (w + 3) + b] for a in 2, b in 2
      whole[n, i, j, u, v] = sum(a, b) share[n, i, j, a, b]
        * (standing(top[n, i, j] + a, h, align_corners, beyond) == u)
        * (standing(left[n, i, j] + b, w, align_corners, beyond) == v) for u in h, v in w
      y[n, k, i, j] = select(constant(grid), sum(u, v) x[n, k, u, v] * whole[n, i, j, u, v],
        sum(a, b) near[n, i, j, a, b, k] * share[n, i, j, a, b])
    }

    operator GridSampleNearest(
      x: real[batch, c, h, w], grid: real[batch, p, q, 2]; mode: choice(nearest),
      padding_mode: choice(zeros, border, reflection) = zeros, align_corners: flag = 0)
      -> (y: real[batch, c, p, q])
      onnx "GridSample" 16
    {
      let beyond = select(padding_mode == zeros, 0, select(padding_mode == border, 1, 2))
      require beyond < 2 or align_corners == 0 or min(h, w) > 1
      down[n, i, j] = round(kept(spot(grid[n, i, j, 1], h, align_corners), h, align_corners, beyond, 1))
      right[n, i, j] = round(kept(spot(grid[n, i, j, 0], w, align_corners), w, align_corners, beyond, 1))
      around[n, k, i * (w + 2) + j] = select(beyond == 0, x[n, k, i - 1, j - 1],
        x[n, k, substitute(i - 1, h, align_corners, beyond),
          substitute(j - 1, w, align_corners, beyond)]) for i in h + 2, j in w + 2
      place[n, i, j] = (down[n, i, j] + 1) * (w + 2) + right[n, i, j] + 1
      y[n, k, i, j] = around[n, k, place[n, i, j]]
    }

    operator GridSampleCubic(
      x: real[batch, c, h, w], grid: real[batch, p, q, 2]; mode: choice(bicubic, cubic),
      padding_mode: choice(zeros, border, reflection) = zeros, align_corners: flag = 0)
      -> (y: real[batch, c, p, q])
      onnx "GridSample" 16
    {
      require mode == bicubic or mode == cubic
      require not constant(grid) or few(batch * p * q * h * w)
      let beyond = select(padding_mode == zeros, 0, select(padding_mode == border, 1, 2))
      let mirrors = select(beyond == 2, 2, 0)
      require beyond < 2 or align_corners == 0 or min(h, w) > 1
      down[n, i, j] = kept(spot(grid[n, i, j, 1], h, align_corners), h, align_corners, mirrors, 2)
      right[n, i, j] = kept(spot(grid[n, i, j, 0], w, align_corners), w, align_corners, mirrors, 2)
      top[n, i, j] = floor(down[n, i, j])
      left[n, i, j] = floor(right[n, i, j])
      below[n, i, j] = down[n, i, j] - top[n, i, j]
      beside[n, i, j] = right[n, i, j] - left[n, i, j]
      rows[n, i, j, a] = cubic(a, below[n, i, j]) for a in 4
      columns[n, i, j, b] = cubic(b, beside[n, i, j]) for b in 4
      share[n, i, j, a, b] = rows[n, i, j, a] * columns[n, i, j, b]
      around[n, k, i * (w + 7) + j] = select(beyond == 0, x[n, k, i - 3, j - 3],
        x[n, k, substitute(i - 3, h, align_corners, beyond),
          substitute(j - 3, w, align_corners, beyond)]) for i in h + 7, j in w + 7
      place[n, i, j] = (top[n, i, j] + 2) * (w + 7) + left[n, i, j] + 2
      near[n, i, j, a, b, k] = around[n, k, place[n, i, j] + a * (w + 7) + b] for a in 4, b in 4
      whole[n, i, j, u, v] = sum(a, b) share[n, i, j, a, b]
        * (standing(top[n, i, j] + a - 1, h, align_corners, beyond) == u)
        * (standing(left[n, i, j] + b - 1, w, align_corners, beyond) == v) for u in h, v in w
      y[n, k, i, j] = select(constant(grid), sum(u, v) x[n, k, u, v] * whole[n, i, j, u, v],
        sum(a, b) near[n, i, j, a, b, k] * share[n, i, j, a, b])
    }

    operator GridSampleVolume(
      x: real[batch, c, s, h, w], grid: real[batch, o, p, q, 3];
      mode: choice(linear, bilinear) = linear,
      padding_mode: choice(zeros, border, reflection) = zeros, align_corners: flag = 0)
      -> (y: real[batch, c, o, p, q])
      onnx "GridSample" 20
    {
      require mode == linear or mode == bilinear
      require not constant(grid) or few(batch * o * p * q * s * h * w)
      let beyond = select(padding_mode == zeros, 0, select(padding_mode == border, 1, 2))
      require beyond < 2 or align_corners == 0 or min(s, h, w) > 1
      deep[n, g, i, j] = kept(spot(grid[n, g, i, j, 2], s, align_corners), s, align_corners, beyond, 1)
      down[n, g, i, j] = kept(spot(grid[n, g, i, j, 1], h, align_corners), h, align_corners, beyond, 1)
      right[n, g, i, j] = kept(spot(grid[n, g, i, j, 0], w, align_corners), w, align_corners, beyond, 1)
      front[n, g, i, j] = floor(deep[n, g, i, j])
      top[n, g, i, j] = floor(down[n, g, i, j])
      left[n, g, i, j] = floor(right[n, g, i, j])
      behind[n, g, i, j] = deep[n, g, i, j] - front[n, g, i, j]
      below[n, g, i, j] = down[n, g, i, j] - top[n, g, i, j]
      beside[n, g, i, j] = right[n, g, i, j] - left[n, g, i, j]
      share[n, g, i, j, a, b, e] = linear(a, behind[n, g, i, j]) * linear(b, below[n, g, i, j])
        * linear(e, beside[n, g, i, j]) for a in 2, b in 2, e in 2
      around[n, k, g * (h + 3) * (w + 3) + i * (w + 3) + j] = select(beyond == 0,
        x[n, k, g - 1, i - 1, j - 1], x[n, k, substitute(g - 1, s, align_corners, beyond),
          substitute(i - 1, h, align_corners, beyond), substitute(j - 1, w, align_corners, beyond)])
        for g in s + 3, i in h + 3, j in w + 3
      place[n, g, i, j] = (front[n, g, i, j] + 1) * (h + 3) * (w + 3) + (top[n, g, i, j] + 1) * (w + 3)
        + left[n, g, i, j] + 1
      near[n, g, i, j, a, b, e, k] =
        around[n, k, place[n, g, i, j] + a * (h + 3) * (w + 3) + b * (w + 3) + e]
        for a in 2, b in 2, e in 2
      whole[n, g, i, j, t, u, v] = sum(a, b, e) share[n, g, i, j, a, b, e]
        * (standing(front[n, g, i, j] + a, s, align_corners, beyond) == t)
        * (standing(top[n, g, i, j] + b, h, align_corners, beyond) == u)
        * (standing(left[n, g, i, j] + e, w, align_corners, beyond) == v) for t in s, u in h, v in w
      y[n, k, g, i, j] = select(constant(grid),
        sum(t, u, v) x[n, k, t, u, v] * whole[n, g, i, j, t, u, v],
        sum(a, b, e) near[n, g, i, j, a, b, e, k] * share[n, g, i, j, a, b, e])
    }

    operator GridSampleVolumeNearest(
      x: real[batch, c, s, h, w], grid: real[batch, o, p, q, 3]; mode: choice(nearest),
      padding_mode: choice(zeros, border, reflection) = zeros, align_corners: flag = 0)
      -> (y: real[batch, c, o, p, q])
      onnx "GridSample" 20
    {
      let beyond = select(padding_mode == zeros, 0, select(padding_mode == border, 1, 2))
      require beyond < 2 or align_corners == 0 or min(s, h, w) > 1
      deep[n, g, i, j] =
        round(kept(spot(grid[n, g, i, j, 2], s, align_corners), s, align_corners, beyond, 1))
      down[n, g, i, j] =
        round(kept(spot(grid[n, g, i, j, 1], h, align_corners), h, align_corners, beyond, 1))
      right[n, g, i, j] =
        round(kept(spot(grid[n, g, i, j, 0], w, align_corners), w, align_corners, beyond, 1))
      around[n, k, g * (h + 2) * (w + 2) + i * (w + 2) + j] = select(beyond == 0,
        x[n, k, g - 1, i - 1, j - 1], x[n, k, substitute(g - 1, s, align_corners, beyond),
          substitute(i - 1, h, align_corners, beyond), substitute(j - 1, w, align_corners, beyond)])
        for g in s + 2, i in h + 2, j in w + 2
      place[n, g, i, j] = (deep[n, g, i, j] + 1) * (h + 2) * (w + 2) + (down[n, g, i, j] + 1) * (w + 2)
        + right[n, g, i, j] + 1
      y[n, k, g, i, j] = around[n, k, place[n, g, i, j]]
    }

    # Parts of images, each resized by taking the mean of what is seen at some places in each of its cells.
    # What is seen beyond one element around an image is zero.
    operator RoiAlign(
      x: real[images, c, h, w], box: real[boxes, 4], image: int[boxes];
      mode: choice(avg) = avg, output_height: positive = 1, output_width: positive = 1,
      sampling_ratio: nat = 0, spatial_scale: real = 1,
      coordinate_transformation_mode: choice(half_pixel, output_half_pixel) = half_pixel)
      -> (y: real[boxes, c, output_height, output_width])
      onnx 16
    {
      require sampling_ratio > 0
      let s = sampling_ratio
      let shift = select(coordinate_transformation_mode == half_pixel, 0.5, 0)
      let least = select(coordinate_transformation_mode == half_pixel, -infinity, 1)
      start[r, z] = box[r, z] * spatial_scale - shift for z in 2
      long[r, z] = max((box[r, z + 2] - box[r, z]) * spatial_scale, least) for z in 2
      row[r, i] = start[r, 1] + long[r, 1] * ((i + 0.5) / (output_height * s)) for i in output_height * s
      column[r, j] = start[r, 0] + long[r, 0] * ((j + 0.5) / (output_width * s)) for j in output_width * s
      down[r, i] = clamp(row[r, i], 0, h - 1)
      right[r, j] = clamp(column[r, j], 0, w - 1)
      top[r, i] = floor(down[r, i])
      left[r, j] = floor(right[r, j])
      below[r, i] = down[r, i] - top[r, i]
      beside[r, j] = right[r, j] - left[r, j]
      lines[r, i, a] = linear(a, below[r, i]) * (row[r, i] >= -1 and row[r, i] <= h)
        for a in 2
      sides[r, j, b] = linear(b, beside[r, j]) * (column[r, j] >= -1 and column[r, j] <= w)
        for b in 2
      origin[k] = k * (h + 1) * (w + 1) for k in images
      around[k * (h + 1) * (w + 1) + i * (w + 1) + j, e] = x[k, e, i, j]
        for k in images, i in h + 1, j in w + 1, e in c
      place[r, i, j] = origin[image[r]] + top[r, i] * (w + 1) + left[r, j]
      near[r, i, j, a, b, e] = around[place[r, i, j] + a * (w + 1) + b, e] for a in 2, b in 2, e in c
      share[r, i, j, a, b] = lines[r, i, a] * sides[r, j, b]
      seen[r, e, i, j] = sum(a, b) near[r, i, j, a, b, e] * share[r, i, j, a, b]
      y[r, e, p, q] = mean(i in s, j in s) seen[r, e, p * s + i, q * s + j]
    }

    # The greatest share of any element that is seen.
    operator RoiAlignMaximum(
      x: real[images, c, h, w], box: real[boxes, 4], image: int[boxes];
      mode: choice(max), output_height: positive = 1, output_width: positive = 1,
      sampling_ratio: nat = 0, spatial_scale: real = 1,
      coordinate_transformation_mode: choice(half_pixel, output_half_pixel) = half_pixel)
      -> (y: real[boxes, c, output_height, output_width])
      onnx "RoiAlign" 16
    {
      require sampling_ratio > 0
      let s = sampling_ratio
      let shift = select(coordinate_transformation_mode == half_pixel, 0.5, 0)
      let least = select(coordinate_transformation_mode == half_pixel, -infinity, 1)
      start[r, z] = box[r, z] * spatial_scale - shift for z in 2
      long[r, z] = max((box[r, z + 2] - box[r, z]) * spatial_scale, least) for z in 2
      row[r, i] = start[r, 1] + long[r, 1] * ((i + 0.5) / (output_height * s)) for i in output_height * s
      column[r, j] = start[r, 0] + long[r, 0] * ((j + 0.5) / (output_width * s)) for j in output_width * s
      down[r, i] = clamp(row[r, i], 0, h - 1)
      right[r, j] = clamp(column[r, j], 0, w - 1)
      top[r, i] = floor(down[r, i])
      left[r, j] = floor(right[r, j])
      below[r, i] = down[r, i] - top[r, i]
      beside[r, j] = right[r, j] - left[r, j]
      lines[r, i, a] = linear(a, below[r, i]) * (row[r, i] >= -1 and row[r, i] <= h)
        for a in 2
      sides[r, j, b] = linear(b, beside[r, j]) * (column[r, j] >= -1 and column[r, j] <= w)
        for b in 2
      origin[k] = k * (h + 1) * (w + 1) for k in images
      around[k * (h + 1) * (w + 1) + i * (w + 1) + j, e] = x[k, e, i, j]
        for k in images, i in h + 1, j in w + 1, e in c
      place[r, i, j] = origin[image[r]] + top[r, i] * (w + 1) + left[r, j]
      near[r, i, j, a, b, e] = around[place[r, i, j] + a * (w + 1) + b, e] for a in 2, b in 2, e in c
      share[r, i, j, a, b] = lines[r, i, a] * sides[r, j, b]
      part[r, e, i, j, a, b] = near[r, i, j, a, b, e] * share[r, i, j, a, b]
      seen[r, e, i, j] = max(a, b) part[r, e, i, j, a, b]
      y[r, e, p, q] = max(i in s, j in s) seen[r, e, p * s + i, q * s + j]
    }

    # A convolution that sees x at places that are moved by offsets, each element times a mask.
    operator DeformConv(
      x: real[batch, group * c, h, w], weights: real[group * m, c, u, v],
      offset: real[batch, offset_group * u * v * 2, p, q], bias: real[group * m] = 0,
      mask: real[batch, offset_group * u * v, p, q] = 1;
      group: positive = 1, offset_group: positive = 1, kernel_shape: ints = list(0, 0),
      strides: ints = list(1, 1), dilations: ints = list(1, 1), pads: ints = list(0, 0, 0, 0))
      -> (y: real[batch, group * m, p, q])
      onnx 19
    {
      require all(kernel_shape == 0 ...) or item(kernel_shape, 0) == u and item(kernel_shape, 1) == v
      require group * c % offset_group == 0
      let e = group * c / offset_group
      down[n, o, t, l, i, j] = clamp(i * item(strides, 0) - item(pads, 0) + t * item(dilations, 0)
          + offset[n, o * u * v * 2 + t * v * 2 + l * 2, i, j], -1, h)
        for o in offset_group, t in u, l in v, i in p, j in q
      right[n, o, t, l, i, j] = clamp(j * item(strides, 1) - item(pads, 1) + l * item(dilations, 1)
          + offset[n, o * u * v * 2 + t * v * 2 + l * 2 + 1, i, j], -1, w)
        for o in offset_group, t in u, l in v, i in p, j in q
      top[n, o, t, l, i, j] = floor(down[n, o, t, l, i, j])
      left[n, o, t, l, i, j] = floor(right[n, o, t, l, i, j])
      below[n, o, t, l, i, j] = down[n, o, t, l, i, j] - top[n, o, t, l, i, j]
      beside[n, o, t, l, i, j] = right[n, o, t, l, i, j] - left[n, o, t, l, i, j]
      near_share[n, o, t, l, i, j, a, b] = linear(a, below[n, o, t, l, i, j])
        * linear(b, beside[n, o, t, l, i, j]) for a in 2, b in 2
      share[n, o, t, l, i, j, a, b] = near_share[n, o, t, l, i, j, a, b]
        * mask[n, o * u * v + t * v + l, i, j]
      around[n, o, i * (w + 3) + j, k] = x[n, o * e + k, i - 1, j - 1]
        for o in offset_group, i in h + 3, j in w + 3, k in e
      place[n, o, t, l, i, j] = (top[n, o, t, l, i, j] + 1) * (w + 3) + left[n, o, t, l, i, j] + 1
      near[n, o, t, l, i, j, a, b, k] = around[n, o, place[n, o, t, l, i, j] + a * (w + 3) + b, k]
        for a in 2, b in 2
      seen[n, o * e + k, t, l, i, j] = sum(a, b) near[n, o, t, l, i, j, a, b, k]
        * share[n, o, t, l, i, j, a, b] for o in offset_group, k in e
      y[n, g * m + r, i, j] = bias[g * m + r] + sum(k, t, l) seen[n, g * c + k, t, l, i, j]
        * weights[g * m + r, k, t, l] for g in group, r in m
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
    # first comes first. An element stands behind as many as are before it.
    operator TopK(x: number[outer..., n, inner...];
      k: positive, axis: axis(x) = -1, largest: flag = 1)
      -> (y: number[outer..., k, inner...], place: int[outer..., k, inner...])
      onnx 10 (x, k) splitting x at axis ignoring sorted
    {
      require k <= n
      place[outer..., t, inner...] = sum(i in n) select((sum(j in n) select(largest,
        select(j < i, x[outer..., j, inner...] >= x[outer..., i, inner...],
          x[outer..., j, inner...] > x[outer..., i, inner...]),
        select(j < i, x[outer..., j, inner...] <= x[outer..., i, inner...],
          x[outer..., j, inner...] < x[outer..., i, inner...]))) == t, i, 0)
      y[outer..., t, inner...] = x[outer..., place[outer..., t, inner...], inner...]
    }
    
    """#
  ),
]
