"""Makes a failing graph small: what still fails is kept, everything else goes.

Each step either keeps one output alone, or cuts the graph at a value: it becomes an input, with the
elements that ONNX Runtime had computed, and whatever led to it is gone."""

from generate import Case


def ancestors(nodes, wanted, cuts):
    """The nodes that lead to `wanted`, in order, where no value of `cuts` needs computing."""
    needed, kept = set(wanted) - set(cuts), []
    for node in reversed(nodes):
        if needed & set(node.output):
            kept.append(node)
            needed |= set(node.input) - set(cuts)
    return kept[::-1]


def part(case, values, outputs, cuts):
    nodes = ancestors(case.nodes, [v.name for v in outputs], cuts)
    read = {name for node in nodes for name in node.input}
    made = {name for node in nodes for name in node.output}
    inputs = [v for v in values if v.name in read and v.name not in made]
    return Case(nodes, inputs, outputs, case.constants, case.symbols)


def reduce(case, values, fails):
    """values: every value of the graph, in order. fails(case) tells whether it does."""
    for output in case.outputs:
        smaller = part(case, values, [output], [v.name for v in case.inputs])
        if smaller.nodes and fails(smaller):
            case = smaller
            break
    if case.symbols:
        static = Case(case.nodes, case.inputs, case.outputs, case.constants, {})
        if fails(static):
            case = static
    # From the back: the last value that can be cut takes the most away.
    cuts = [v.name for v in case.inputs]
    for value in reversed(values):
        inner = {name for node in case.nodes for name in node.output} - {
            v.name for v in case.outputs
        }
        if value.name not in inner:
            continue
        smaller = part(case, values, case.outputs, [*cuts, value.name])
        if len(smaller.nodes) < len(case.nodes) and fails(smaller):
            case, cuts = smaller, [*cuts, value.name]
    return case
