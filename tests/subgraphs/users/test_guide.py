"""docs/guides/access.md says what is so: its scopes, its lifetimes, and examples that can be used as they are."""

import re

import pytest

from chassis.settings import Settings
from router.settings import Settings as RouterSettings
from subgraphs.users.model import (
    ACCESS_LIFETIME,
    ACCOUNT_DELAY,
    ADDRESS_DELAY,
    INBOX_DELAY,
    REFRESH_LIFETIME,
    RESET_LIFETIME,
    REUSE_GRACE,
    SCOPES_OF_ROLE,
    VERIFICATION_LIFETIME,
)
from tests.architecture.repository import ROOT

PAGE = (ROOT / "docs" / "guides" / "access.md").read_text(encoding="utf-8")


def test_each_role_has_the_scopes_the_page_says():
    said = {
        role: set(re.findall(r"`([a-z]+:[a-z]+)`", scopes))
        for role, scopes in re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE, re.MULTILINE)
        if role in SCOPES_OF_ROLE
    }

    assert said == {role: set(scopes) for role, scopes in SCOPES_OF_ROLE.items()}


def test_lifetimes_and_delays_are_what_the_page_says():
    lifetimes = [ACCESS_LIFETIME, REFRESH_LIFETIME, VERIFICATION_LIFETIME, RESET_LIFETIME, REUSE_GRACE]

    assert [each.total_seconds() for each in lifetimes] == [15 * 60, 7 * 86_400, 86_400, 3_600, 10]
    for said in (
        "15 minutes",
        "7 days",
        "24 hours",
        "1 hour",
        "ten seconds",
        "five and twenty are free",
        "three at once",
    ):
        assert said in " ".join(PAGE.split())
    assert (ACCOUNT_DELAY.free, ADDRESS_DELAY.free, INBOX_DELAY.free) == (5, 20, 3)


def test_the_example_of_another_issuer_is_accepted_by_the_subgraphs(monkeypatch: pytest.MonkeyPatch):
    (example,) = re.findall(r"OIDC_ISSUERS='(.+?)'", PAGE, re.DOTALL)
    monkeypatch.setenv("OIDC_ISSUERS", example)

    (trusted,) = Settings().oidc_issuers

    assert trusted.scopes["catalogue"] == ("products:write",)
    keys = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|.*\|$", PAGE, re.MULTILINE)
    named = {name for each in keys for name in re.findall(r"`(\w+)`", each)}
    assert set(type(trusted).model_fields) <= named


def test_the_examples_of_router_yaml_are_accepted_by_the_router():
    examples = re.findall(r"^```yaml\n(.+?)^```", PAGE, re.MULTILINE | re.DOTALL)

    assert len(examples) == 2
    for example in examples:
        RouterSettings.parse(example, environment={})
