"""Whatever the storefront and its administration can do, a document in clients/operations does."""

from collections.abc import Iterator

import pytest
from graphql import DocumentNode, FieldNode, OperationDefinitionNode, build_schema, parse

from tests.architecture.repository import ROOT

OPERATIONS = {path.stem: parse(path.read_text()) for path in (ROOT / "clients" / "operations").glob("*.graphql")}
SCHEMA = build_schema((ROOT / "clients" / "schema.graphql").read_text())
KINDS = {"query": SCHEMA.query_type, "mutation": SCHEMA.mutation_type, "subscription": SCHEMA.subscription_type}


def roots(document: DocumentNode, kind: str) -> Iterator[str]:
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode) and operation.operation.value == kind:
            for field in operation.selection_set.selections:
                assert isinstance(field, FieldNode)
                yield field.name.value


@pytest.mark.parametrize("kind", KINDS)
def test_every_root_field_is_asked_for_by_an_operation(kind: str) -> None:
    """Typed clients can do it then, and a change of the schema is judged by who asks for it."""
    root = KINDS[kind]
    assert root is not None
    asked = {name for document in OPERATIONS.values() for name in roots(document, kind)}

    assert sorted(set(root.fields) - asked) == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_mutation_asks_why_it_was_refused(name: str) -> None:
    text = (ROOT / "clients" / "operations" / f"{name}.graphql").read_text()
    for field in roots(OPERATIONS[name], "mutation"):
        assert SCHEMA.mutation_type is not None
        result = SCHEMA.type_map[str(SCHEMA.mutation_type.fields[field].type).rstrip("!")]
        refusals = [each for each in getattr(result, "types", ()) if not each.name.endswith("Success")]

        assert not refusals or "... on Refusal" in text
