"""`router plan`: shows how an operation would be answered, without asking any subgraph."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from graphql import GraphQLDeferDirective, GraphQLError, GraphQLSchema, parse, validate

from router.graph import Graph
from router.planning import Unreachable, as_json, as_text, explain, plan
from router.sources.files import read_text
from router.supergraph import InvalidSupergraph, Supergraph

OPERATION_TOKENS_MAX = 200_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--supergraph", type=Path, required=True, help="the supergraph's SDL")
    parser.add_argument("--operation", type=Path, required=True, help="a GraphQL document; - reads standard input")
    parser.add_argument("--operation-name", help="which operation of the document, when it has several")
    parser.add_argument(
        "--label", action="append", default=[], help="an active progressive @override label; may repeat"
    )
    parser.add_argument("--defer", action="store_true", help="plan for a client that takes @defer's parts one by one")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON in the structure of Apollo's tools")
    form.add_argument("--explain", action="store_true", help="also tell what each request is for and waits for")


def run(args: argparse.Namespace) -> int:
    """Run the command. Exit codes: 0 planned, 1 the operation is invalid or cannot be planned, 2 unreadable input."""
    try:
        supergraph = Supergraph.parse(read_text(args.supergraph))
        text = read_text(args.operation)
        graph = Graph.of(supergraph)
    except InvalidSupergraph as problem:
        print(f"router plan: {args.supergraph}: {problem}", file=sys.stderr)
        return 2
    try:
        document = parse(text, max_tokens=OPERATION_TOKENS_MAX)
        errors = validate(_with_defer(supergraph.api_schema), document)
    except GraphQLError as problem:
        errors = [problem]
    except RecursionError:
        errors = [GraphQLError("The operation nests too deep.")]
    if errors:
        for each in errors:
            print(f"router plan: {each}", file=sys.stderr)
        return 1
    labels = frozenset(args.label)
    try:
        planned = plan(graph, document, args.operation_name, labels=labels, defer=args.defer)
    except GraphQLError as problem:
        print(
            f"router plan: {args.supergraph}: a key or @requires in it is not a selection: {problem}", file=sys.stderr
        )
        return 2
    except (Unreachable, LookupError) as problem:
        print(f"router plan: {problem}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(as_json(planned), indent=2))
        return 0
    print(as_text(planned))
    if args.explain:
        print()
        print(explain(graph, document, args.operation_name, labels=labels))
    return 0


def _with_defer(schema: GraphQLSchema) -> GraphQLSchema:
    known = schema.to_kwargs()
    if any(each.name == GraphQLDeferDirective.name for each in known["directives"]):
        return schema
    known["directives"] = (*known["directives"], GraphQLDeferDirective)
    return GraphQLSchema(**known)
