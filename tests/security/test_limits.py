"""Requests that are made to be expensive, or by another site's page: refused before anything is asked of a subgraph."""

import pytest

from tests.security.premises import ALLOWED_PAGE, ANONYMOUS, MAX_ALIASES, MAX_DEPTH, MAX_HEIGHT, Premises

MOUSE = '(id: "prod-mouse-001")'


def deep(levels: int) -> str:
    return f"{{ product{MOUSE} {{ category {{ {'parent { ' * levels} id {'} ' * levels} }} }} }}"


def cyclic() -> str:
    return "{ categories { ...A } } fragment A on Category { children { ...B } } fragment B on Category { children { ...A } }"


def doubling(times: int) -> str:
    """Each fragment names the next one twice: a short text that says very much."""
    links = (
        f"fragment F{n} on Category {{ a: children {{ ...F{n + 1} }} b: children {{ ...F{n + 1} }} }}"
        for n in range(times)
    )
    return f"{{ categories {{ ...F0 }} }} {' '.join(links)} fragment F{times} on Category {{ id }}"


WIDE = " ".join(f"f{number}: name" for number in range(MAX_ALIASES + 1))
TOO_MUCH = {
    "deep": (deep(MAX_DEPTH), "MAX_DEPTH_LIMIT"),
    "beyond the parser": (f"{{ product{MOUSE} {'{ category ' * 5_000}", "GRAPHQL_PARSE_FAILED"),
    "brackets": ("[" * 20_000, "GRAPHQL_PARSE_FAILED"),
    "an argument of lists": (f"{{ products(first: {'[' * 3_000}1{']' * 3_000}) {{ totalCount }} }}", "GRAPHQL_PARSE_FAILED"),
    "aliased": (f"{{ product{MOUSE} {{ {WIDE} }} }}", "MAX_ALIASES_LIMIT"),
    "wide": (f"{{ product{MOUSE} {{ {'name ' * (MAX_HEIGHT + 1)} }} }}", "MAX_HEIGHT_LIMIT"),
    "long": (f"{{ product{MOUSE} {{ {'name ' * 16_000} }} }}", "GRAPHQL_PARSE_FAILED"),
    "at the root": (
        "{ " + " ".join(f'r{n}: product(id: "{n}") {{ id }}' for n in range(60)) + " }", "MAX_ROOT_FIELDS_LIMIT"
    ),
    "cyclic": (cyclic(), "GRAPHQL_VALIDATION_FAILED"),
    "its own fragment": ("{ categories { ...A } } fragment A on Category { ...A }", "GRAPHQL_VALIDATION_FAILED"),
    "doubling": (doubling(7), "MAX_ALIASES_LIMIT"),
    "doubling without end": (doubling(40), "MAX_DEPTH_LIMIT"),
    "directives": (f"{{ __typename {'@skip(if: false) ' * 3_000} }}", "GRAPHQL_PARSE_FAILED"),
    "introspection": ("{ __schema { types { name } } }", "INTROSPECTION_DISABLED"),
    "introspection of a type": ('{ __type(name: "User") { name } }', "INTROSPECTION_DISABLED"),
    "introspection behind a fragment": (
        "{ ...Q } fragment Q on Query { x: __schema { types { name } } }", "INTROSPECTION_DISABLED"
    ),
    "the subgraphs' own schema": ("{ _service { sdl } }", "GRAPHQL_VALIDATION_FAILED"),
    "raw entities": ("{ _entities(representations: []) { __typename } }", "GRAPHQL_VALIDATION_FAILED"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_too_much_is_refused(premises: Premises, kind: str) -> None:
    query, code = TOO_MUCH[kind]

    answer = premises.ask(ANONYMOUS, query)

    assert (answer.status, len(answer.errors) > 0, answer.body.get("data")) == (400, True, None)
    assert code in answer.codes
    # A refusal that repeats what it refuses would be as large.
    assert len(str(answer.body)) < 20_000


@pytest.mark.parametrize("kind", ["deep", "aliased", "cyclic", "beyond the parser"])
def test_a_subgraph_has_limits_of_its_own(premises: Premises, kind: str) -> None:
    query, _ = TOO_MUCH[kind]

    assert premises.ask_subgraph(ANONYMOUS, "products", query).status == 400


def test_a_misspelt_name_is_not_answered_with_names_that_are_hidden(premises: Premises) -> None:
    """Suggestions would spell out the schema that introspection keeps back; hidden fields they must never name."""
    answer = premises.ask(ANONYMOUS, '{ variant(sku: "MOUSE-001") { costPrise } skuOwner(skus: []) { sku } }')

    assert answer.status == 400
    assert "costPrice" not in str(answer.body)
    assert "skuOwners" not in str(answer.body)


def test_a_batch_is_refused(premises: Premises) -> None:
    response = premises.post(premises.url, [{"query": "{ __typename }"}] * 100)

    assert (response.status_code, "BATCHING_NOT_SUPPORTED" in response.text) == (400, True)


def test_a_body_over_the_limit_is_refused(premises: Premises) -> None:
    response = premises.post(premises.url, {"query": "{ __typename }", "padding": "x" * 3_000_000})

    assert response.status_code == 413


MUTATION = 'mutation { login(email: "a@example.org", password: "x") { __typename } }'


@pytest.mark.parametrize("proof", [{}, {"apollo-require-preflight": "1"}])
def test_no_mutation_by_get(premises: Premises, proof: dict[str, str]) -> None:
    response = premises.http.get(premises.url, params={"query": MUTATION}, headers=proof)

    assert response.status_code == (405 if proof else 400)
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "text/plain;application/json"]
)  # fmt: skip
def test_a_form_of_another_site_changes_nothing(premises: Premises, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    response = premises.http.post(premises.url, content=b'{"query": "{ __typename }"}', headers=headers)

    assert response.status_code in (400, 415)
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", f"{ALLOWED_PAGE}.evil.example", "http://shop.example", f"{ALLOWED_PAGE}:444"]
)  # fmt: skip
def test_another_sites_page_may_not_read_the_answer(premises: Premises, origin: str) -> None:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }

    for response in (
        premises.http.options(premises.url, headers=asked),
        premises.http.post(premises.url, json={"query": "{ __typename }"}, headers={"Origin": origin}),
    ):
        assert "access-control-allow-origin" not in response.headers
        assert "access-control-allow-credentials" not in response.headers


def test_the_shops_own_page_may(premises: Premises) -> None:
    asked = {
        "Origin": ALLOWED_PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }

    response = premises.http.options(premises.url, headers=asked)

    assert response.headers["access-control-allow-origin"] == ALLOWED_PAGE
    assert "origin" in response.headers.get("vary", "").lower()


@pytest.mark.parametrize("ask", ["query_plan", "fetches"])
def test_how_a_request_is_answered_inside_is_not_told(premises: Premises, ask: str) -> None:
    headers = {"Apollo-Expose-Query-Plan": "true", "X-Expose-Fetches": "true"}
    response = premises.http.post(
        premises.url, json={"query": "{ __typename }", "extensions": {ask: True}}, headers=headers
    )

    assert response.json() == {"data": {"__typename": "Query"}}
