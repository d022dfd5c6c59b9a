"""Operations are read from documents, manifests and usage, each with its place and its senders; what is wrong is named."""

from __future__ import annotations

import json

import pytest

from router.checks.operations import BadOperations, Sender, from_documents, from_manifest, from_usage, merged

WEB = Sender("web", "2.0")


def usage(**changes: object) -> str:
    line = {"hash": "abc", "name": "A", "client_name": "ios", "client_version": "1", "count": 2}
    seen = {"first_seen": "2026-01-02T00:00:00Z", "last_seen": "2026-01-03T00:00:00Z"}
    return json.dumps({**line, **seen, "document": "query A { a }", **changes})


def test_a_document_may_hold_several_operations_and_fragments_of_other_files() -> None:
    found = from_documents(
        [
            ("a.graphql", "query A { ...F }\n\nquery B { b }"),
            ("f.graphql", "fragment F on T { ...G } fragment G on T { g }"),
        ],
        WEB,
    )

    assert [(each.name, each.place.file, each.place.line, len(each.document.definitions)) for each in found] == [
        ("A", "a.graphql", 1, 3),
        ("B", "a.graphql", 3, 1),
    ]
    assert found[0].senders == (WEB,)


def test_a_files_own_fragment_comes_first() -> None:
    (found,) = from_documents(
        [("a.graphql", "query A { ...F } fragment F on T { mine }"), ("b.graphql", "fragment F on T { theirs }")], WEB
    )

    assert "mine" in str(found.document.to_dict())


@pytest.mark.parametrize(
    ("documents", "said"),
    [
        ([("a.graphql", "query A {")], r"a\.graphql:1: Syntax Error"),
        ([("a.graphql", "query A {\n ...F }")], r"a\.graphql:2: the fragment F is not defined"),
        (
            [("a.graphql", "{ ...F }"), ("b.graphql", "fragment F on T { x }"), ("c.graphql", "fragment F on T { y }")],
            r"a\.graphql:1: the fragment F is defined in 2 files",
        ),
    ],
)
def test_what_cannot_be_used_is_named(documents, said) -> None:
    with pytest.raises(BadOperations, match=said):
        from_documents(documents, WEB)


def test_apollos_manifest_is_read() -> None:
    manifest = {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [
            {"id": "1", "name": "A", "type": "query", "body": "query A { a }"},
            {"id": "2", "name": "B", "type": "query", "body": "query B { b }", "clientName": "tv"},
        ],
    }

    found = from_manifest("m.json", json.dumps(manifest), WEB)

    assert [(each.name, each.place.file, each.senders[0].label) for each in found] == [
        ("A", "m.json#1", "web@2.0"),
        ("B", "m.json#2", "tv@2.0"),
    ]


def test_a_plain_map_of_documents_is_read() -> None:
    (found,) = from_manifest("m.json", json.dumps({"cafe": "{ a }"}), WEB)

    assert (found.name, found.place.file) == ("(unnamed)", "m.json#cafe")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "m.json: not JSON"),
        ("[]", "m.json: neither"),
        ('{"a": 1}', "m.json: an operation needs"),
        ('{"format": "relay", "operations": []}', "m.json: the format 'relay' is not known"),
        ('{"format": "apollo-persisted-query-manifest", "operations": [{"id": "1"}]}', "m.json: an operation needs"),
        ('{"format": "apollo-persisted-query-manifest", "operations": ["x"]}', "m.json: an operation needs"),
        ('{"a": "query {"}', "m.json#a:1: Syntax Error"),
    ],
)
def test_a_bad_manifest_is_named(text, said) -> None:
    with pytest.raises(BadOperations) as bad:
        from_manifest("m.json", text, WEB)

    assert str(bad.value).startswith(said)


def test_usage_adds_up_by_operation_and_client() -> None:
    lines = [
        usage(),
        usage(count=3, first_seen="2026-01-01T00:00:00Z", last_seen="2026-01-04T00:00:00Z", document=None),
        usage(client_version="2", count=5),
        usage(hash="def", name="B", document="query B { b }", client_name=None, client_version=None),
    ]

    found, unknown = from_usage([("u.jsonl", "\n".join(lines))])

    assert unknown == 0
    assert {each.name: each.count for each in found} == {"A": 10, "B": 2}
    assert found[0].senders == (
        Sender("ios", "1", 5, "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"),
        Sender("ios", "2", 5, "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"),
    )
    assert found[1].senders[0].label == "(unknown client)"


def test_a_document_may_stand_in_another_file_or_nowhere() -> None:
    found, unknown = from_usage(
        [("new.jsonl", usage(document=None) + "\n" + usage(hash="zzz", document=None, count=7)), ("old.jsonl", usage())]
    )

    assert [(each.name, each.place.file, each.count) for each in found] == [("A", "old.jsonl#abc", 4)]
    assert unknown == 7


@pytest.mark.parametrize("line", ["{", "[]", '{"hash": "a"}', '{"hash": "a", "count": "many"}'])
def test_a_bad_line_of_usage_is_named(line) -> None:
    with pytest.raises(BadOperations, match=r"^u\.jsonl:2: not "):
        from_usage([("u.jsonl", f"{usage()}\n{line}")])


def test_the_same_operation_of_several_sources_is_one() -> None:
    documents = from_documents([("a.graphql", "query A { a }")], WEB)
    counted, _ = from_usage([("u.jsonl", usage())])

    (found,) = merged([*documents, *counted])

    assert found.place.file == "a.graphql"
    assert [sender.label for sender in found.senders] == ["web@2.0", "ios@1"]
    assert found.count == 2
