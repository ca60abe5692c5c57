#!/usr/bin/env python3
"""Writes classical/cases.json: for each operator of ai.onnx.ml small models, and what ONNX Runtime makes
of them. Needs numpy, onnx and onnxruntime.

A case is {"name", "model", "inputs", "outputs"}: the model in base64, and by name for each tensor
{"shape", "values"}, or "words" in place of values. Every random choice is seeded.
"""
import base64
import json
import pathlib

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent / "classical"
DOMAIN = "ai.onnx.ml"
CASES = []
ROWS = 5
RNG = np.random.default_rng(7)


def real(*shape):
    return RNG.normal(size=shape).round(2).astype(np.float32)


def element(array):
    kinds = {"f": TensorProto.FLOAT, "i": TensorProto.INT64, "U": TensorProto.STRING}
    return kinds[array.dtype.kind]


def add(name, nodes, inputs, outputs, constants=None, version=3):
    """`outputs` are names with element types."""
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info(key, element(value), value.shape)
         for key, value in inputs.items()],
        [helper.make_tensor_value_info(key, kind, None) for key, kind in outputs.items()],
        [numpy_helper.from_array(value, key) for key, value in (constants or {}).items()])
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, version)],
        ir_version=8)
    data = model.SerializeToString()
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(data, options)
    given = {key: value.astype(object) if value.dtype.kind == "U" else value
             for key, value in inputs.items()}
    results = session.run(list(outputs), given)
    if any(np.asarray(result).dtype.kind == "f" and not np.isfinite(result).all()
           for result in results):
        print(f"{name} has results that are no numbers, and is left out")
        return
    CASES.append({
        "name": name, "model": base64.b64encode(data).decode(),
        "inputs": {key: tensor(value) for key, value in inputs.items()},
        "outputs": {key: tensor(np.asarray(value)) for key, value in zip(outputs, results)}})


def tensor(array):
    key = "values" if array.dtype.kind in "fib" else "words"
    return {"shape": list(array.shape), key: [
        round(float(value), 7) if array.dtype.kind == "f" else value
        for value in array.ravel().tolist()]}


def node(operation, inputs, outputs, **attributes):
    return helper.make_node(operation, inputs, outputs, domain=DOMAIN, **attributes)


def simple(operation, x, kind=TensorProto.FLOAT, label="", version=3, **attributes):
    add(f"{operation} {label}".strip(), [node(operation, ["x"], ["y"], **attributes)], {"x": x},
        {"y": kind}, version=version)


def stumps(weights, features=2):
    """Trees of one branch each, with the attributes that list them; `weights` has for each tree those of
    its two leaves by target."""
    lists = {key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes",
                                 "truenodeids", "falsenodeids")}
    leaves = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}
    for tree, pair in enumerate(weights):
        for number in range(3):
            branch = number == 0
            for key, value in zip(lists, (
                    tree, number, tree % features if branch else 0, 0.1 * tree if branch else 0.0,
                    "BRANCH_LEQ" if branch else "LEAF", int(branch), 2 * int(branch))):
                lists[key].append(value)
        for leaf, targets in enumerate(pair):
            for target, weight in targets.items():
                for key, value in zip(leaves, (tree, leaf + 1, target, weight)):
                    leaves[key].append(value)
    return {f"nodes_{key}": value for key, value in lists.items()}, leaves


def trees():
    x = real(ROWS, 2)
    outputs = {"l": TensorProto.INT64, "p": TensorProto.FLOAT}
    kinds = {
        "first": [({0: .2}, {0: .7}), ({0: .1}, {0: .05})],
        "first mixed": [({0: -.2}, {0: .7}), ({0: .1}, {0: -.3})],
        "second": [({1: .2}, {1: .7}), ({1: .1}, {1: .05})],
        "second mixed": [({1: -.2}, {1: .7}), ({1: .1}, {1: -.3})],
        "both": [({0: .2, 1: .8}, {0: .7, 1: .3}), ({0: .1, 1: -.9}, {0: .4, 1: .1})],
        "three": [({0: .2, 1: .8, 2: -.1}, {0: .7, 1: .3, 2: .4}), ({2: .3}, {1: .9})],
    }
    for kind, weights in kinds.items():
        count = 3 if kind == "three" else 2
        for transform in ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"):
            for base in (None, [.1], [.1, -.3], [.1, .2, .3]):
                if base and (len(base) > 1 or kind == "three") and (
                        len(base) != count or kind.startswith(("first", "second"))):
                    continue
                attributes, leaves = stumps(weights)
                attributes |= {f"class_{key}": value for key, value in leaves.items()}
                if base:
                    attributes["base_values"] = base
                add(f"TreeEnsembleClassifier {kind} {transform} {base}",
                    [node("TreeEnsembleClassifier", ["x"], ["l", "p"], post_transform=transform,
                          classlabels_int64s=list(range(count)), **attributes)], {"x": x}, outputs)
    attributes, leaves = stumps(kinds["both"])
    attributes |= {f"class_{key}": value for key, value in leaves.items()}
    add("TreeEnsembleClassifier words", [
        node("TreeEnsembleClassifier", ["x"], ["l", "q"], classlabels_strings=["no", "yes"],
             **attributes),
        helper.make_node("Identity", ["q"], ["p"])], {"x": x},
        {"l": TensorProto.STRING, "p": TensorProto.FLOAT})
    for targets, weights in ((1, [({0: -.2}, {0: .7}), ({0: .1}, {0: .05})]),
                             (2, [({0: -.2, 1: 1.}, {0: .7, 1: 2.}), ({0: 1., 1: .5}, {0: 0., 1: 3.})])):
        for total in ("SUM", "AVERAGE", "MIN", "MAX"):
            for transform in ("NONE", "LOGISTIC", "SOFTMAX"):
                attributes, leaves = stumps(weights)
                attributes |= {f"target_{key}": value for key, value in leaves.items()}
                simple("TreeEnsembleRegressor", x, label=f"{targets} {total} {transform}",
                       n_targets=targets, aggregate_function=total, post_transform=transform,
                       base_values=[.1] * targets, **attributes)
    linked()


def linked():
    """The newer description, with branches of all modes."""
    x = np.array([[v] for v in (-1, 0, .5, 1, 2, 3, 4, 7)], np.float32)
    def numbers(name, values, kind=np.float32):
        return numpy_helper.from_array(np.array(values, kind), name)
    for mode in range(7):
        simple("TreeEnsemble", x, label=f"mode {mode}", version=5, n_targets=2,
               nodes_featureids=[0, 0], nodes_splits=numbers("s", [1, 2]),
               nodes_modes=numbers("m", [mode, mode], np.uint8), nodes_truenodeids=[1, 0],
               nodes_trueleafs=[0, 1], nodes_falsenodeids=[1, 2], nodes_falseleafs=[1, 1],
               tree_roots=[0], leaf_targetids=[0, 1, 0], leaf_weights=numbers("w", [5, 7, 9]),
               membership_values=numbers("v", [1, 4, np.nan, 2, np.nan] if mode == 6 else []),
               post_transform=0, aggregate_function=1)


def linear():
    x = real(ROWS, 3)
    outputs = {"l": TensorProto.INT64, "p": TensorProto.FLOAT}
    for transform in ("NONE", "LOGISTIC", "SOFTMAX"):
        for count, labels in ((1, [4, 9]), (2, [0, 1]), (3, [2, 0, 5])):
            add(f"LinearClassifier {count} {transform}",
                [node("LinearClassifier", ["x"], ["l", "p"], post_transform=transform,
                      coefficients=real(3 * count).tolist(), intercepts=real(count).tolist(),
                      classlabels_ints=labels)], {"x": x}, outputs)
        for targets in (1, 2):
            simple("LinearRegressor", x, label=f"{targets} {transform}", targets=targets,
                   coefficients=real(3 * targets).tolist(), intercepts=real(targets).tolist(),
                   post_transform=transform)
    add("LinearClassifier words", [
        node("LinearClassifier", ["x"], ["l", "q"], coefficients=real(9).tolist(),
             intercepts=real(3).tolist(), classlabels_strings=["a", "b", "c"]),
        helper.make_node("Identity", ["q"], ["p"])], {"x": x},
        {"l": TensorProto.STRING, "p": TensorProto.FLOAT})


def machines():
    x = real(ROWS, 3)
    outputs = {"l": TensorProto.INT64, "p": TensorProto.FLOAT}
    for kernel in ("LINEAR", "POLY", "RBF", "SIGMOID"):
        common = {"kernel_type": kernel, "kernel_params": [.3, .2, 3.]}
        for sizes in ([2, 3], [2, 1, 3]):
            vectors, pairs = sum(sizes), len(sizes) * (len(sizes) - 1) // 2
            add(f"SVMClassifier {kernel} {len(sizes)}",
                [node("SVMClassifier", ["x"], ["l", "p"], vectors_per_class=sizes,
                      support_vectors=real(3 * vectors).tolist(),
                      coefficients=real((len(sizes) - 1) * vectors).tolist(),
                      rho=real(pairs).tolist(), classlabels_ints=list(range(len(sizes))), **common)],
                {"x": x}, outputs)
        for flag in (0, 1):
            simple("SVMRegressor", x, label=f"{kernel} {flag}", n_supports=4, one_class=flag,
                   support_vectors=real(12).tolist(), coefficients=real(4).tolist(),
                   rho=real(1).tolist(), **common)
    add("SVMClassifier probabilities",
        [node("SVMClassifier", ["x"], ["l", "p"], vectors_per_class=[2, 3], kernel_type="RBF",
              kernel_params=[.3, 0., 3.], support_vectors=real(15).tolist(),
              coefficients=real(5).tolist(), rho=real(1).tolist(), prob_a=[-1.3], prob_b=[.2],
              classlabels_ints=[0, 1])], {"x": x}, outputs)


def columns():
    x = real(ROWS, 3)
    simple("Scaler", x, offset=[.1, -2., 0.], scale=[2., -.5, 3.])
    simple("Scaler", x, label="one", offset=[.25], scale=[4.])
    for norm in ("MAX", "L1", "L2"):
        simple("Normalizer", np.abs(x) + np.float32(.1), label=norm, norm=norm)
    simple("Imputer", np.array([[1, 0, 2], [0, 3, 0]], np.float32), replaced_value_float=0.,
           imputed_value_floats=[5., 6., 7.])
    simple("Imputer", np.array([[1, -1], [-1, 3]]), TensorProto.INT64, label="integers",
           replaced_value_int64=-1, imputed_value_int64s=[8])
    simple("Binarizer", x, threshold=.25)
    whole = np.array([[3, 7, 3], [5, 1, 7]])
    words = np.array([["a", "b"], ["c", "z"]])
    simple("LabelEncoder", whole, label="numbers", keys_int64s=[3, 7], values_floats=[.5, -1.5],
           default_float=9.)
    simple("LabelEncoder", whole, TensorProto.STRING, label="to words", keys_int64s=[3, 7],
           values_strings=["three", "seven"], default_string="other")
    simple("LabelEncoder", words, TensorProto.INT64, label="of words",
           keys_strings=["b", "a", "c"], values_int64s=[10, 20, 30], default_int64=-5)
    simple("LabelEncoder", words, TensorProto.STRING, label="words to words",
           keys_strings=["b", "a"], values_strings=["B", "A"], default_string="none")
    simple("CategoryMapper", words, TensorProto.INT64, cats_int64s=[4, 5], cats_strings=["a", "b"],
           default_int64=-1)
    simple("CategoryMapper", whole, TensorProto.STRING, label="to words", cats_int64s=[3, 7],
           cats_strings=["x", "y"], default_string="w")
    simple("OneHotEncoder", whole, cats_int64s=[1, 3, 7], zeros=1)
    simple("OneHotEncoder", words, label="words", cats_strings=["a", "c"], zeros=1)
    add("ArrayFeatureExtractor", [node("ArrayFeatureExtractor", ["x", "i"], ["y"])], {"x": x},
        {"y": TensorProto.FLOAT}, {"i": np.array([2, 0])})
    add("ArrayFeatureExtractor computed",
        [helper.make_node("ArgMax", ["x"], ["i"], axis=1, keepdims=0),
         node("ArrayFeatureExtractor", ["c", "i"], ["y"])], {"x": x}, {"y": TensorProto.INT64},
        {"c": np.array([4, 6, 9])})
    add("FeatureVectorizer",
        [node("FeatureVectorizer", ["x", "z"], ["y"], inputdimensions=[3, 2])],
        {"x": x, "z": real(ROWS, 2)}, {"y": TensorProto.FLOAT})


if __name__ == "__main__":
    for make in (trees, linear, machines, columns):
        make()
    HERE.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(case) for case in CASES)
    (HERE / "cases.json").write_text(f"[\n{lines}\n]\n")
    print(len(CASES), "cases")
