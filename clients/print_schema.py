#!/usr/bin/env python3
"""Writes clients/schema.graphql: the schema a client of the router sees, taken from supergraph.graphql.

python clients/print_schema.py             # write it
python clients/print_schema.py --check     # write nothing; exit 1 and say so when it is stale
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from graphql import lexicographic_sort_schema, print_schema

from router.supergraph import Supergraph

HERE = Path(__file__).resolve().parent
PRINTED = HERE / "schema.graphql"
SUPERGRAPH = HERE.parent / "supergraph.graphql"


def main() -> None:
    """Print the schema, or say that it is stale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the schema is stale")
    arguments = parser.parse_args()
    supergraph = Supergraph.parse(SUPERGRAPH.read_text(encoding="utf-8"))
    text = print_schema(lexicographic_sort_schema(supergraph.api_schema)) + "\n"
    if not arguments.check:
        PRINTED.write_text(text, encoding="utf-8")
    elif not PRINTED.exists() or PRINTED.read_text(encoding="utf-8") != text:
        sys.exit("clients/schema.graphql is stale: run clients/print_schema.py")


if __name__ == "__main__":
    main()
