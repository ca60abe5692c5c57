import Equations
import TensorGraph

extension FormGraph {
  /// The same network in fewer and cheaper forms, with what has to be committed marked.
  mutating func simplify() throws(GraphError) {
    mergeEqualNodes()
    try foldSums()
    try mergeFunctions()
    var reciprocals = Reciprocals(graph: self)
    try reciprocals.run()
    self = reciprocals.maker.graph
    // Functions that were sums may meet sums.
    try foldSums()
    var channels = ChannelFolding(graph: self)
    try channels.run()
    self = channels.maker.graph
    var exchange = Exchange(graph: self)
    exchange.run()
    self = exchange.maker.graph
    try mergeFunctions()
    var separable = SeparableExtremes(graph: self)
    separable.run()
    self = separable.maker.graph
    var centring = Centring(graph: self)
    try centring.run()
    self = centring.maker.graph
    var intercepts = Intercepts(graph: self)
    try intercepts.run()
    self = intercepts.maker.graph
    mergeEqualNodes()
    renumber()
    var rounding = LazyRounding(graph: self)
    rounding.run()
    self = rounding.graph
  }

  private mutating func mergeEqualNodes() {
    var pass = EqualNodes(graph: self)
    pass.run()
    self = pass.graph
  }

  private mutating func foldSums() throws(GraphError) {
    var pass = SumFolding(graph: self)
    try pass.run()
    self = pass.maker.graph
  }

  private mutating func mergeFunctions() throws(GraphError) {
    var pass = OneValue(graph: self)
    self = try pass.run()
  }
}
