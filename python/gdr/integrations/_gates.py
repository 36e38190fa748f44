"""Leaves the gates of a layer to the op.

The layers of transformers compute the gate and beta by half a dozen small ops of PyTorch, which take longer
than the recurrence of one token does. The op can compute both itself. So this rewrites the layer's forward,
from its source as installed: `g` and `beta` become what they are made of, and the calls get the parameters.

    beta = b.sigmoid()                                                          beta = b
    g = -self.A_log.float().exp() * F.softplus(a.float() + self.dt_bias)   ->   g = a
    ... = chunk_gated_delta_rule(..., g=g, beta=beta)                           ... = gated_delta_rule(
                                                                                    ..., g=g, beta=beta,
                                                                                    A_log=self.A_log,
                                                                                    dt_bias=self.dt_bias)

Only where nothing else can happen to them: what does not look just so is left as it is.
"""

import __future__

import ast
import functools
import inspect

DECAY, BIAS = "-self.A_log.float().exp()", "self.dt_bias"
DOUBLES_BETA = "if self.allow_neg_eigval:\n    beta = beta * 2.0"


@functools.cache
def leave_to_op(forward, function_names, gated_delta_rule):
    """The forward without its gates, whose calls of the named functions (as in the source: "self.f", "f") are
    calls of gated_delta_rule; None where they are not as expected."""
    function = inspect.unwrap(forward)
    tree = _parse(function)
    if tree is None or not _is_source_of(tree, forward):
        return None
    definition = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    if not _rewrite(definition, function_names):
        return None
    # The names of the module stay those of the module, and the op's is of nobody else's.
    factory = ast.parse(f"def make({_OP}):\n    return {definition.name}").body[0]
    factory.body.insert(0, definition)
    tree.body = [factory]
    return _run(tree, function, "make")(gated_delta_rule)


_OP = "_gdr_gated_delta_rule"


def _parse(function):
    """A module with the function alone, at the lines and columns where it is in its file."""
    try:
        lines, first_line = inspect.getsourcelines(function)
        header = ["if True:\n"] if lines[0][0].isspace() else []
        tree = ast.parse("".join(header + lines))
    except (OSError, SyntaxError, TypeError):
        return None
    return ast.increment_lineno(tree, first_line - 1 - len(header))


def _run(tree, function, name):
    """What the statements leave under that name, in the function's module."""
    flags = function.__code__.co_flags & __future__.annotations.compiler_flag
    code = compile(ast.fix_missing_locations(tree), function.__code__.co_filename, "exec", flags, dont_inherit=True)
    names = {}
    exec(code, function.__globals__, names)
    return names[name]


def _is_source_of(tree, forward):
    """Whether the source makes this function and no other: it is older than the process, and nobody has
    wrapped the function since."""
    try:
        made = _run(tree, inspect.unwrap(forward), forward.__name__)
    except (KeyError, NameError):
        return False
    return [_describe(x) for x in _get_layers(made)] == [_describe(x) for x in _get_layers(forward)]


def _get_layers(function):
    while function is not None:
        yield function
        function = getattr(function, "__wrapped__", None)


def _describe(function):
    """What two functions of the same source have in common. (Not the bytecode: it depends on the imports of the
    module.)"""
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    constants = [x for x in code.co_consts if not inspect.iscode(x)]
    lines = {line for _, _, line in code.co_lines()}
    return code.co_name, code.co_firstlineno, code.co_names, code.co_varnames, constants, lines


def _rewrite(definition, function_names):
    """Rewrites the function in place; says whether all is as expected."""
    gates = list(filter(_get_gate, definition.body))
    betas = list(filter(_get_beta, definition.body))
    doublings = [statement for statement in definition.body if ast.unparse(statement) == DOUBLES_BETA]
    calls = [node for node in ast.walk(definition) if isinstance(node, ast.Call) and _is_call(node, function_names)]
    if len(gates) != 1 or len(betas) != 1 or len(doublings) > 1 or not calls:
        return False
    names = [node for node in ast.walk(definition) if isinstance(node, ast.Name)]

    def count(name, context):
        return sum(node.id == name and isinstance(node.ctx, context) for node in names)

    # Whatever else is done with them would now be done with something else.
    for name, more in (("g", 0), ("beta", len(doublings))):
        if count(name, ast.Store) != 1 + more or count(name, ast.Load) != len(calls) + more or count(name, ast.Del):
            return False
    sources = [_get_gate(gates[0]), _get_beta(betas[0])]
    for source in sources:
        if isinstance(source, ast.Name) and count(source.id, ast.Load) != 1:
            return False

    gates[0].value, betas[0].value = sources
    for doubling in doublings:
        definition.body.remove(doubling)
    for call in calls:
        call.func = ast.Name(_OP, ast.Load())
        for name in ["A_log", "dt_bias"] + ["allow_neg_eigval"] * len(doublings):
            call.keywords.append(ast.keyword(name, ast.parse(f"self.{name}", mode="eval").body))
    return True


def _get_beta(statement):
    match statement:
        case ast.Assign(
            targets=[ast.Name(id="beta")],
            value=ast.Call(func=ast.Attribute(value=source, attr="sigmoid"), args=[], keywords=[]),
        ):
            return source
    return None


def _get_gate(statement):
    match statement:
        case ast.Assign(
            targets=[ast.Name(id="g")],
            value=ast.BinOp(
                left=decay,
                op=ast.Mult(),
                right=ast.Call(
                    func=ast.Attribute(attr="softplus"),
                    args=[
                        ast.BinOp(
                            left=ast.Call(func=ast.Attribute(value=source, attr="float"), args=[], keywords=[]),
                            op=ast.Add(),
                            right=bias,
                        )
                    ],
                    keywords=[],
                ),
            ),
        ) if (ast.unparse(decay), ast.unparse(bias)) == (DECAY, BIAS):
            return source
    return None


def _is_call(node, function_names):
    return ast.unparse(node.func) in function_names and {"g=g", "beta=beta"} <= set(map(ast.unparse, node.keywords))
