"""Leaves the gates of a layer to the op.

The layers of transformers compute the gate and beta by half a dozen small ops of PyTorch, which take longer
than the recurrence of one token does. The op can compute both itself. So this rewrites the layer's forward,
from its source as installed: `g` and `beta` become what they are made of, and the calls get the parameters.

    beta = b.sigmoid()                                                          beta = b
    g = -self.A_log.float().exp() * F.softplus(a.float() + self.dt_bias)   ->   g = a
    ... = chunk_gated_delta_rule(..., g=g, beta=beta)                           ... = chunk_gated_delta_rule(
                                                                                    ..., g=g, beta=beta,
                                                                                    A_log=self.A_log,
                                                                                    dt_bias=self.dt_bias)
"""

import ast
import functools
import inspect
import textwrap

DOUBLES_BETA = "if self.allow_neg_eigval:\n    beta = beta * 2.0"


@functools.cache
def leave_to_op(forward):
    """The forward without its gates; None where they, or the calls, are not as expected."""
    function = inspect.unwrap(forward)
    try:
        lines, first_line = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return None
    if function.__code__.co_freevars:
        return None
    tree = ast.parse(textwrap.dedent("".join(lines)))
    rewriter = _Rewriter()
    tree = ast.fix_missing_locations(rewriter.visit(tree))
    # Every other use of the two would now see something else.
    uses = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    expected = len(rewriter.calls)
    if not expected or rewriter.found != {"g": 1, "beta": 1} or any(uses.count(x) != expected for x in ("g", "beta")):
        return None
    for call in rewriter.calls:
        call.keywords += rewriter.get_keywords()
    ast.increment_lineno(ast.fix_missing_locations(tree), first_line - 1)
    names = {}
    try:
        exec(compile(tree, inspect.getsourcefile(function), "exec"), function.__globals__, names)
    except NameError:  # a decorator that is not the module's
        return None
    return names[function.__name__]


class _Rewriter(ast.NodeTransformer):
    def __init__(self):
        self.found = {"g": 0, "beta": 0}  # assignments that were rewritten
        self.doubles_beta = False
        self.calls = []

    def visit_Assign(self, node):
        self.generic_visit(node)
        source = None
        match node:
            case ast.Assign(
                targets=[ast.Name(id="beta" as name)],
                value=ast.Call(func=ast.Attribute(value=source, attr="sigmoid"), args=[], keywords=[]),
            ):
                pass
            case ast.Assign(
                targets=[ast.Name(id="g" as name)],
                value=ast.BinOp(
                    left=decay,
                    op=ast.Mult(),
                    right=ast.Call(
                        func=ast.Attribute(attr="softplus"),
                        args=[
                            ast.BinOp(
                                left=ast.Call(func=ast.Attribute(value=source, attr="float"), args=[]),
                                op=ast.Add(),
                                right=bias,
                            )
                        ],
                        keywords=[],
                    ),
                ),
            ) if (ast.unparse(decay), ast.unparse(bias)) == ("-self.A_log.float().exp()", "self.dt_bias"):
                pass
            case _:
                return node
        self.found[name] += 1
        node.value = source
        return node

    def visit_If(self, node):
        if ast.unparse(node) == DOUBLES_BETA:
            self.doubles_beta = True
            return None
        return self.generic_visit(node)

    def visit_Call(self, node):
        self.generic_visit(node)
        if {"g=g", "beta=beta"} <= {ast.unparse(keyword) for keyword in node.keywords}:
            self.calls.append(node)
        return node

    def get_keywords(self):
        names = ["A_log", "dt_bias"] + ["allow_neg_eigval"] * self.doubles_beta
        return [ast.keyword(name, ast.parse(f"self.{name}", mode="eval").body) for name in names]
