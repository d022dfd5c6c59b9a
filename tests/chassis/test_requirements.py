"""What @authenticated, @requiresScopes and @policy ask of a viewer: every directive, of each one alternative whole."""

import pytest

from chassis.errors import NotAllowed, NotSignedIn
from chassis.schema import Requirement, require
from chassis.viewer import Viewer

SIGNED_IN = Requirement()
READS = Requirement(scopes=[["a:read", "staff"], ["root"]])
PROVED = Requirement(policies=[["verified_email", "adult"], ["trusted"]])


def viewer(*scopes: str, policies: tuple[str, ...] = ()) -> Viewer:
    return Viewer(user_id="alice", scopes=frozenset(scopes), policies=frozenset(policies))


def refused(who: Viewer, *requirements: Requirement) -> str | None:
    try:
        require(who, requirements)
    except (NotSignedIn, NotAllowed) as denied:
        return denied.code
    return None


@pytest.mark.parametrize(
    ("who", "requirement", "code"),
    [
        (Viewer(), SIGNED_IN, "UNAUTHENTICATED"),
        (Viewer(), READS, "UNAUTHENTICATED"),
        (Viewer(), PROVED, "UNAUTHENTICATED"),
        (viewer(), SIGNED_IN, None),
        (viewer("a:read"), READS, "FORBIDDEN"),
        (viewer("a:read", "staff"), READS, None),
        (viewer("root"), READS, None),
        (viewer("verified_email", "adult"), PROVED, "FORBIDDEN"),
        (viewer(policies=("verified_email",)), PROVED, "FORBIDDEN"),
        (viewer(policies=("verified_email", "adult")), PROVED, None),
        (viewer(policies=("trusted",)), PROVED, None),
        (Viewer(internal=True), PROVED, None),
        (Viewer(internal=True), READS, None),
    ],
)
def test_one_alternative_is_enough_and_must_be_whole(who: Viewer, requirement: Requirement, code: str | None):
    assert refused(who, requirement) == code


def test_each_directive_must_hold():
    assert refused(viewer("root"), READS, PROVED) == "FORBIDDEN"
    assert refused(viewer(policies=("trusted",)), READS, PROVED) == "FORBIDDEN"
    assert refused(viewer("root", policies=("trusted",)), SIGNED_IN, READS, PROVED) is None


def test_who_lacks_a_policy_is_told_which():
    with pytest.raises(NotAllowed, match="verified_email and adult or trusted"):
        require(viewer(), [PROVED])


def test_a_viewer_knows_its_policies():
    viewer(policies=("trusted",)).require_policy("trusted")
    Viewer(internal=True).require_policy("trusted")
    with pytest.raises(NotAllowed):
        viewer("trusted").require_policy("trusted")
    with pytest.raises(NotSignedIn):
        Viewer().require_policy("trusted")
