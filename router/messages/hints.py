"""What each hint means and what may be done about it. Hints have no stories: nothing fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Note:
    """A hint in two sentences."""

    summary: str
    advice: str


_AGREE = "Nothing is lost, but agreeing on one definition spares readers the question."

HINTS: Final[Mapping[str, Note]] = {
    "CONTRACT_TAG_UNUSED": Note(
        "A contract includes or excludes a tag that nothing in the supergraph has.",
        "Correct the tag if it is misspelt; remove it from the contract if it is gone.",
    ),
    "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS": Note(
        "An argument is filled from a context in one subgraph and by clients in another; the supergraph leaves it out.",
        "Use @fromContext in every subgraph that has the argument, or rename one of the two.",
    ),
    "DIRECTIVE_COMPOSITION_INFO": Note(
        "A @composeDirective is needless, or a specification is linked in two major versions.",
        "Remove the @composeDirective; link one major version everywhere before composing from it.",
    ),
    "DIRECTIVE_COMPOSITION_WARN": Note(
        "A composed directive has another name in a subgraph that does not compose it.",
        "Import it under one name everywhere: to compose it there as well, that will be needed.",
    ),
    "FROM_SUBGRAPH_DOES_NOT_EXIST": Note(
        "An @override takes a field over from a subgraph that is not there.",
        "Correct the name if it is misspelt; remove @override if that subgraph is gone.",
    ),
    "IMPLICITLY_UPGRADED_FEDERATION_VERSION": Note(
        "A subgraph links a specification that needs a newer federation version than it links.",
        "Link that version of federation.",
    ),
    "INCONSISTENT_ARGUMENT_PRESENCE": Note(
        "An optional argument is missing in some subgraphs, so the supergraph leaves it out.",
        "Add it where it is missing if clients are to use it.",
    ),
    "INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE": Note(
        "An argument's types differ but fit; the supergraph has the strictest.",
        _AGREE,
    ),
    "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE": Note(
        "A field's types differ but fit; the supergraph has the widest (of input fields, the strictest).",
        _AGREE,
    ),
    "INCONSISTENT_DEFAULT_VALUE_PRESENCE": Note(
        "Only some subgraphs give an argument or input field a default value, so the supergraph gives none.",
        "Give the same default everywhere, or nowhere.",
    ),
    "INCONSISTENT_DESCRIPTION": Note(
        "Subgraphs describe one thing in different words; the supergraph has the most frequent ones.",
        "Agree on one description, or keep it in one subgraph only.",
    ),
    "INCONSISTENT_ENTITY": Note(
        "A type has a @key in some subgraphs and none in others.",
        "Add a key where the type should be found from elsewhere; without one it is reached by its own paths only.",
    ),
    "INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM": Note(
        "Some subgraphs do not know a value of an enum that clients give, so the supergraph leaves it out.",
        "Add the value everywhere if clients are to give it.",
    ),
    "INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM": Note(
        "Only some subgraphs have a value of an enum that they answer with; the supergraph has it.",
        "Nothing need be done: who does not have a value does not answer with it.",
    ),
    "INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS": Note(
        "Subgraphs allow a directive for operations in different places; the supergraph allows the common ones.",
        "Define it alike in all subgraphs.",
    ),
    "INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE": Note(
        "Only some subgraphs define a directive for operations, so the supergraph leaves it out.",
        "Define it in all subgraphs if clients are to use it.",
    ),
    "INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE": Note(
        "Only some subgraphs let a directive for operations repeat, so the supergraph does not.",
        "Define it alike in all subgraphs.",
    ),
    "INCONSISTENT_INPUT_OBJECT_FIELD": Note(
        "Some subgraphs do not know a field of an input object, so the supergraph leaves it out.",
        "Add the field everywhere if clients are to give it.",
    ),
    "INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD": Note(
        "Only some subgraphs have a field of an interface; the supergraph has it.",
        "Every type behind the interface must have the field in some subgraph; add it where it is resolved.",
    ),
    "INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS": Note(
        "A directive is applied to one thing with different arguments; the supergraph has the most frequent ones.",
        "Apply it alike everywhere, or in one subgraph only.",
    ),
    "INCONSISTENT_OBJECT_VALUE_TYPE_FIELD": Note(
        "Only some subgraphs have a field of a type without keys; the supergraph has it.",
        "A query that reaches the type in the others will not get the field; add it there, or give the type a key.",
    ),
    "INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN": Note(
        "Subgraphs share a field of an interface or union but know different types behind it.",
        "Answer in all of them with the types they all know: the router may ask any of them.",
    ),
    "INCONSISTENT_UNION_MEMBER": Note(
        "Only some subgraphs have a member of a union; the supergraph has it.",
        "Nothing need be done: who does not have a member does not answer with it.",
    ),
    "MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS": Note(
        "A directive is applied to one thing with different arguments, which were merged in the directive's own way.",
        "Look whether the result is meant: access rules add up, costs take the largest.",
    ),
    "NO_EXECUTABLE_DIRECTIVE_INTERSECTION": Note(
        "Subgraphs allow a directive for operations in places that none share, so the supergraph leaves it out.",
        "Define it alike in all subgraphs.",
    ),
    "OVERRIDDEN_FIELD_CAN_BE_REMOVED": Note(
        "A field is taken over by another subgraph, and still defined in the old one.",
        "Remove it there once the @override is live (or mark it @external if a key or requirement names it).",
    ),
    "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED": Note(
        "An @override takes over a field that the other subgraph no longer has.",
        "Remove @override: the migration is done.",
    ),
    "OVERRIDE_MIGRATION_IN_PROGRESS": Note(
        "A field is being moved with a labelled @override; for now both subgraphs resolve it.",
        "When everything goes to the new one, remove the label, and the field from the old one.",
    ),
    "UNUSED_ENUM_TYPE": Note(
        "No field or argument has an enum's type.",
        "Remove it if it is left over.",
    ),
}
"""By code."""
