"""A plan as readable text, in the notation of Apollo's query plans."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import print_ast

from router.plan import (
    Condition,
    Conditional,
    Defer,
    Each,
    EntityFetch,
    Fetch,
    Field,
    Key,
    Lookup,
    Node,
    On,
    OperationKind,
    Parallel,
    Path,
    Plan,
    RepresentationField,
    RepresentationSelection,
    Selection,
    Sequence,
    Subscription,
)

_INDENT = "  "


def as_text(plan: Plan) -> str:
    """The whole plan. Several lookups in one request stand in a `BatchFetch`."""
    if plan.root is None:
        return "QueryPlan {}"
    return "\n".join(["QueryPlan {", *_indented(_node(plan.root)), "}"])


def path_text(path: Path) -> str:
    """A path, for example `shop.products.@|[Book]`: "@" is every item of a list, "|[…]" a condition on types."""
    text = ""
    for step in path:
        match step:
            case Key(name):
                text += f".{name}" if text else name
            case Each():
                text += ".@"
            case On(types):
                text += f"|[{', '.join(types)}]"
    return text


def _indented(lines: Iterable[str]) -> list[str]:
    return [_INDENT + line for line in lines]


def _block(head: str, children: Iterable[list[str]]) -> list[str]:
    lines = [f"{head} {{"]
    for child in children:
        inner = _indented(child)
        inner[-1] += ","
        lines += inner
    return [*lines, "}"]


def _node(node: Node) -> list[str]:
    match node:
        case Fetch():
            return _fetch(node)
        case EntityFetch():
            return _entity_fetch(node)
        case Sequence(nodes):
            return _block("Sequence", [_node(each) for each in nodes])
        case Parallel(nodes):
            return _block("Parallel", [_node(each) for each in nodes])
        case Condition(variable, then, otherwise):
            if then is not None and otherwise is not None:
                return [
                    f"Include(if: ${variable}) {{",
                    *_indented(_node(then)),
                    "} else {",
                    *_indented(_node(otherwise)),
                    "}",
                ]
            inner = then if then is not None else otherwise
            head = "Include" if then is not None else "Skip"
            return _block(f"{head}(if: ${variable})", [_node(inner)] if inner is not None else [])
        case Defer(primary, deferred):
            parts = [_block("Primary", [_node(primary)] if primary is not None else [])]
            for each in deferred:
                label = f', label: "{each.label}"' if each.label else ""
                condition = f", if: ${each.variable}" if each.variable else ""
                head = f'Deferred(path: "{path_text(each.path)}"{label}{condition})'
                parts.append(_block(head, [_node(each.node)] if each.node is not None else []))
            return _block("Defer", parts)
        case Subscription(primary, rest):
            parts = [_block("Primary", [_node(primary)])]
            if rest is not None:
                parts.append(_block("Rest", [_node(rest)]))
            return _block("Subscription", parts)


def _fetch(fetch: Fetch) -> list[str]:
    kind = "" if fetch.kind is OperationKind.QUERY else f"{fetch.kind.value} "
    head = f'Fetch(service: "{fetch.subgraph}") {{'
    lines = [head, *_indented([f"{kind}{{", *_indented(_selections(fetch.selections)), "}"]), "}"]
    if not fetch.path:
        return lines
    return [f'Flatten(path: "{path_text(fetch.path)}") {{', *_indented(lines), "}"]


def _entity_fetch(fetch: EntityFetch) -> list[str]:
    if len(fetch.lookups) == 1 and len(fetch.lookups[0].paths) == 1:
        lookup = fetch.lookups[0]
        inner = [f'Fetch(service: "{fetch.subgraph}") {{', *_indented(_lookup(lookup)), "}"]
        return [f'Flatten(path: "{path_text(lookup.paths[0])}") {{', *_indented(inner), "}"]
    lines = [f'BatchFetch(service: "{fetch.subgraph}") {{']
    for lookup in fetch.lookups:
        paths = ", ".join(f'"{path_text(path)}"' for path in lookup.paths)
        lines += _indented([f"Flatten(paths: [{paths}]) {{", *_indented(_lookup(lookup)), "},"])
    return [*lines, "}"]


def _lookup(lookup: Lookup) -> list[str]:
    shown: list[str] = []
    for each in lookup.representations:
        typename = each.typename or " | ".join(each.types)
        shown += [f"... on {typename} {{", *_indented(["__typename", *_representation(each.selections)]), "}"]
    contexts = [
        f"${each.variable} <- {' or '.join(map(path_text, each.sources))} ({each.levels_up} up)"
        for each in lookup.contexts
    ]
    return ["{", *_indented(shown), "} =>", "{", *_indented(_selections(lookup.selections)), "}", *contexts]


def _representation(selections: Iterable[RepresentationSelection]) -> list[str]:
    lines: list[str] = []
    for each in selections:
        if isinstance(each, RepresentationField):
            alias = f"{each.name}: " if each.tree_key != each.name else ""
            conditions = "".join(_conditional(condition) for condition in each.conditions)
            head = f"{alias}{each.tree_key}{conditions}"
            if each.selections:
                lines += [f"{head} {{", *_indented(_representation(each.selections)), "}"]
            else:
                lines.append(head)
        else:
            lines += [f"... on {' | '.join(each.types)} {{", *_indented(_representation(each.selections)), "}"]
    return lines


def _selections(selections: Iterable[Selection]) -> list[str]:
    lines: list[str] = []
    for each in selections:
        conditions = "".join(_conditional(condition) for condition in each.conditions)
        if isinstance(each, Field):
            alias = f"{each.reply_key}: " if each.reply_key != each.name else ""
            arguments = ", ".join(f"{name}: {print_ast(value)}" for name, value in each.arguments)
            head = f"{alias}{each.name}{f'({arguments})' if arguments else ''}{conditions}"
        else:
            head = f"...{f' on {each.type_condition}' if each.type_condition else ''}{conditions}"
        if each.selections:
            lines += [f"{head} {{", *_indented(_selections(each.selections)), "}"]
        else:
            lines.append(head)
    return lines


def _conditional(condition: Conditional) -> str:
    return f" @{'skip' if condition.negated else 'include'}(if: ${condition.variable})"
