"""Spellings and parts of one name."""

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.graph.aliases import key_of, standing_for, with_parts
from contextfs.domain.graph.model import Mention

SPELLINGS = [
    ("name", ["Ana", "ANA", "Ana's", "Ana\u2019s", " ana "], "ana"),
    ("file", ["./src/a.py", "src/a.py", "SRC/A.py", "src\\a.py"], "src/a.py"),
    ("package", ["Foo_Bar", "foo-bar", "foo.bar"], "foo-bar"),
    ("symbol", ["load_user()", "load_user", "Load_User"], "load_user"),
    ("person", ["@Ben", "ben"], "ben"),
]


def test_all_spellings_have_one_key() -> None:
    for kind, spellings, key in SPELLINGS:
        assert {key_of(kind, one) for one in spellings} == {key}  # pyright: ignore[reportArgumentType]


def test_a_part_stands_for_the_only_whole_that_it_fits() -> None:
    assert standing_for("login.py", {"src/auth/login.py", "auth/login.py"}) == "src/auth/login.py"
    assert standing_for("login.py", {"src/auth/login.py", "src/web/login.py"}) is None
    assert standing_for("ana", {"ana silva"}) == "ana silva"
    assert standing_for("ana", {"ana silva", "ana costa"}) is None
    assert standing_for("#45", {"acme/shop#45", "acme/web#45"}) is None
    assert standing_for("login.py", ()) == "login.py"


@given(st.lists(st.sampled_from(["a.py", "b/a.py", "c/b/a.py", "d/a.py", "x/c/b/a.py"]), min_size=1))
def test_what_stands_for_a_part_depends_on_the_set_alone(wholes: list[str]) -> None:
    assert standing_for("a.py", wholes) == standing_for("a.py", sorted(set(wholes), reverse=True))


@given(st.lists(st.sampled_from(["a", "src", "auth", "main"]), min_size=2, max_size=6).map("/".join))
def test_each_part_of_a_path_can_stand_for_it(path: str) -> None:
    mention = Mention(kind="file", key=path, name=path)

    assert all(standing_for(part.key, {path}) == path for part in with_parts(mention))
