import CircuitLanguage
import TensorGraph

/// An operator that is being instantiated for a node.
struct OperatorInstance {
  let operation: OperatorDefinition
  let clause: DomainClause
  let functions: [String: FunctionDefinition]
  let node: OperatorNode
  var scope: SizeScope
  var tensors: [String: BoundTensor] = [:]
  var lists: [String: [String]] = [:]
  /// What stands for `number` and `any`.
  var kinds: [TensorDeclaration.ElementType: ElementKind] = [:]
  /// The node's operands by name, as they are given.
  var operands: [String: ValueID] = [:]
  var layout = AxisLayout()
  /// What a result of the operand's flattened shape is reshaped to.
  var flattened: (from: [Int], to: [Int])?

  init(
    _ operation: OperatorDefinition, _ clause: DomainClause,
    functions: [String: FunctionDefinition], node: OperatorNode
  ) {
    self.operation = operation
    self.clause = clause
    self.functions = functions
    self.node = node
    scope = SizeScope(functions: functions)
  }

  /// Appends the operator's equations; gives the results that the node asks for.
  mutating func append(
    to builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    try nameOperands(builder)
    let given = operands
    try withAttributes(of: given, in: builder) { attributes, scope throws(GraphError) in
      try attributes.checkNames()
      try attributes.bindScalars(&scope)
    }
    try flatten(&builder)
    try bindSizes(builder)
    // Flattening gives an operand another shape, and so does not change what an axis was.
    try withAttributes(of: given, in: builder) { attributes, scope throws(GraphError) in
      try attributes.bindRest(&scope)
    }
    try bindAbsent()
    return try appendEquations(to: &builder)
  }

  /// Binds attributes. The binder holds the builder, which is copied as a whole where it grows while
  /// another holds it, and so the binder must not live on.
  private mutating func withAttributes(
    of operands: [String: ValueID], in builder: EquationGraphBuilder,
    _ bind: (AttributeBinder, inout SizeScope) throws(GraphError) -> Void
  ) throws(GraphError) {
    let binder = AttributeBinder(
      operation: operation, clause: clause, node: node, builder: builder, operands: operands)
    try bind(binder, &scope)
  }
}
