"""A supergraph composed while `./dev up` runs reaches its router."""

from pathlib import Path

from tooling.composition import Follower


def test_what_is_composed_while_the_shop_runs_is_handed_to_its_router(tmp_path: Path) -> None:
    composed, served = tmp_path / "supergraph.graphql", tmp_path / "served.graphql"
    composed.write_text('url: "http://127.0.0.1:4001/users/graphql"')
    follower = Follower(composed, served, port=4007)
    assert not follower.follow()

    composed.write_text('url: "http://127.0.0.1:4001/users/graphql", url: "http://127.0.0.1:4010/"')

    assert follower.follow()
    assert served.read_text() == 'url: "http://127.0.0.1:4007/users/graphql", url: "http://127.0.0.1:4010/"'
    assert not follower.follow()


def test_a_file_that_is_just_being_written_or_gone_changes_nothing(tmp_path: Path) -> None:
    composed, served = tmp_path / "supergraph.graphql", tmp_path / "served.graphql"
    composed.write_text("one")
    follower = Follower(composed, served, port=4001)

    composed.write_text("")
    assert not follower.follow()
    composed.unlink()
    assert not follower.follow()

    assert not served.exists()
