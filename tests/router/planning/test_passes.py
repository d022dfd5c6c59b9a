"""The passes, one by one, on requests made by hand."""

from router.plan import Each, Key, On, Path, Representation, RepresentationField
from router.planning.fetches import Inquiry, Pick, Picks, Request
from router.planning.passes import drop_empty, merge_same_objects, merge_same_question, merge_same_subgraph, stages_of

USERS: Path = (Key("users"), Each())
OTHERS: Path = (Key("others"), Each())


def asking(subgraph: str, path: Path, *fields: str, after: tuple[Request, ...] = (), number: int = 0) -> Request:
    inner = Picks("User", {(f, f, ()): Pick(f, f, f, "String", (), (), None) for f in fields})
    shown = Representation(("User",), "User", (RepresentationField("id", "id", is_key=True),))
    inquiry = Inquiry([path], {("User",): shown}, Picks("_Entity", fragments={("User",): inner}), "id")
    return Request(subgraph, path, frozenset(), inquiries=[inquiry], after=set(after), number=number)


def root() -> Request:
    return Request("a", (), frozenset(), picks=Picks("Query"))


def fields_of(request: Request) -> list[str]:
    return [name for inquiry in request.inquiries for name, _, _ in inquiry.picks.fragments[("User",)].fields]


def test_two_requests_about_the_same_objects_become_one() -> None:
    start = root()
    first = asking("b", USERS, "name", after=(start,))
    second = asking("b", USERS, "age", after=(start,))

    merged = merge_same_objects([start, first, second])

    assert merged == [start, first]
    assert fields_of(first) == ["name", "age"]


def test_a_request_is_never_merged_into_one_that_waits_for_it() -> None:
    start = root()
    first = asking("b", USERS, "name", after=(start,))
    between = asking("c", USERS, "shout", after=(first,))
    second = asking("b", USERS, "age", after=(between,))

    assert len(merge_same_objects([start, first, between, second])) == 4


def test_a_merge_that_would_lengthen_the_plan_is_not_made() -> None:
    start = root()
    early = asking("b", USERS, "name", after=(start,))
    after_early = asking("c", USERS, "shout", after=(early,))
    middle = asking("d", USERS, "x", after=(start,))
    late = asking("b", USERS, "age", after=(middle,))
    requests = [start, early, after_early, middle, late]

    assert max(stages_of(requests).values()) == 2
    assert len(merge_same_objects(requests)) == 5


def test_lookups_of_one_stage_and_subgraph_share_a_request() -> None:
    start = root()
    first = asking("b", USERS, "name", after=(start,))
    second = asking("b", OTHERS, "age", after=(start,))

    assert merge_same_subgraph([start, first, second]) == [start, first]
    assert len(first.inquiries) == 2


def test_the_same_question_about_other_objects_is_one_lookup() -> None:
    start = root()
    early = asking("b", USERS, "name", after=(start,))
    middle = asking("c", USERS, "friend", after=(start,))
    late = asking("b", (*USERS, Key("friend")), "name", after=(middle,))

    (_, _, asked) = sorted(merge_same_question([start, middle, early, late]), key=lambda each: len(each.inquiries))

    assert [path[-1] for inquiry in asked.inquiries for path in inquiry.paths] == [Each(), Key("friend")]


def test_object_types_of_one_place_share_a_lookup() -> None:
    start = root()
    first = asking("b", (*USERS, On(("User",))), "name", after=(start,))
    second = asking("b", (*USERS, On(("User",))), "age", after=(start,))

    merge_same_objects([start, first, second])

    assert len(first.inquiries) == 1


def test_requests_that_ask_nothing_are_dropped_and_passed_over() -> None:
    start = root()
    idle = asking("b", USERS, after=(start,))
    late = asking("c", USERS, "age", after=(idle,))

    assert drop_empty([start, idle, late]) == [start, late]
    assert late.after == {start}
