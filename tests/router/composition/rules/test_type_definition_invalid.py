"""TYPE_DEFINITION_INVALID: the specification's own types may be defined again, but only as scalars."""

from tests.router.composition.vocabulary import AsWritten, assert_composes, assert_refused

HEADER = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"]) type Query { a: Int } '


def test_the_specifications_scalars_may_be_repeated_but_not_changed():
    assert_composes(a=AsWritten(HEADER + "scalar federation__FieldSet"))
    message = assert_refused("TYPE_DEFINITION_INVALID", a=AsWritten(HEADER + "input federation__FieldSet { a: Int }"))

    assert "should be a ScalarType but is defined as a InputObjectType" in message
