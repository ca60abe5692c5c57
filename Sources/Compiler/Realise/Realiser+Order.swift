import CircuitLanguage
import ConstraintSystem
import Equations

// Comparisons, extremes and where they are.
extension Realiser {
  mutating func compare(
    _ circuit: String, _ a: FormRead, _ b: FormRead, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let scales = [a, b].map { plan[node.operands[$0.operand]].bits }
    let common = scales.max() ?? 0
    var operands: [TensorView] = []
    for (read, bits) in zip([a, b], scales) {
      operands.append(
        try affine(
          try self.read(read, node, site), times: 1 << (common - bits), bits: common, site))
    }
    return try instantiate(circuit, operands, site)
  }

  mutating func place(
    _ form: PlaceForm, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let id = node.operands[form.candidate.operand]
    let count = form.indices[form.indices.count - 1].size
    let x = try read(form.candidate, node, site, inner: [count])
    let signed = try affine(x, times: form.isMaximum ? 1 : -1, bits: plan[id].bits, site)
    return try instantiate("argmax", [signed], site, ["last": form.isLast ? 1 : 0])
  }

  mutating func extreme(
    _ form: ExtremeForm, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let inner = form.indices.dropFirst(form.domainRank).map(\.size)
    let count = inner.reduce(1, *)
    var parts: [TensorView] = []
    for candidate in form.candidates {
      var view = try read(candidate, node, site, inner: inner)
      let bits = plan[node.operands[candidate.operand]].bits
      if bits > site.value.bits {
        view = try round(view, bits: bits, site)
      }
      view = try affine(view, times: form.isMaximum ? 1 : -1, bits: site.value.bits, site)
      parts.append(try builder.reshape(view, to: site.shape + [count], name: site.name))
    }
    let all =
      parts.count == 1
      ? parts[0] : try builder.concat(parts, axis: site.shape.count, name: site.name)
    let greatest = try instantiate("extreme", [all], site, ["width": site.value.range.width])
    if form.isMaximum { return greatest }
    negatives[node.output] = greatest.tensor
    return try affine(greatest, times: -1, bits: site.value.bits, site)
  }
}
