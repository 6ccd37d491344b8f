"""What a text names."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.graph.entities import entities, located
from contextfs.domain.graph.model import LONGEST_KEY
from tests.growth import is_linear

TEXTS: list[tuple[str, list[str]]] = [
    ("See src/auth/login.py and README.md.", ["file:src/auth/login.py", "file:readme.md"]),
    ("It lies in clients/cli/ beside ./Makefile.am", ["file:clients/cli"]),
    ("Windows has src\\auth\\login.py too", ["file:src/auth/login.py"]),
    ("call `load_user()` or parseHTML, not LoadUser", ["symbol:load_user", "symbol:parsehtml", "symbol:loaduser"]),
    ("SESSION_TTL_SECONDS is read by AuthService.check()", ["symbol:session_ttl_seconds", "symbol:authservice.check"]),
    ("ECONNREFUSED, TS2345, ERR_LOCKED, a KeyError and 0xDEADBEEF",
     ["error:econnrefused", "error:ts2345", "error:err_locked", "error:keyerror", "error:0xdeadbeef"]),
    ("`ctx sync --all` after `$ npm run build`", ["command:ctx sync", "command:npm run"]),
    ("pip install -U httpx2, then msgspec[x]>=0.20 and @scope/name",
     ["package:httpx2", "tool:msgspec", "package:@scope/name"]),
    ("Postgres, PostgreSQL and psql are one; k8s is Kubernetes", ["tool:postgres", "tool:kubernetes"]),
    ("Go is a word where it begins, we go on; we like Go", ["tool:go"]),
    ("closes #12, acme/shop#45, SHOP-99, GH-7 and PR 8",
     ["issue:#12", "issue:acme/shop#45", "issue:shop-99", "issue:#7", "issue:#8"]),
    ("https://github.com/acme/shop/pull/77 at https://u:p@api.example.com:8080/x?y",
     ["issue:acme/shop#77", "host:api.example.com:8080"]),
    ("ask @ben or ann@example.com", ["person:ben", "person:ann@example.com"]),
    ("When did Ana\u2019s dog meet Ben Okri? Ana knows.", ["name:ana", "name:ben okri"]),
    ("and/or, input/output, UTF-8, SHA-256, TCP/IP, 3.5, 12:30, #fff, I/O", []),
    ("The quick fox. We decided. Use it!", []),
    ("Well, I'm late and I\u2019d say She'll wait. Don't stop, What's left. We've met O'Brien's Ana",
     ["name:o'brien's ana"]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "named"), TEXTS)
def test_each_rule_finds_what_has_its_form_and_nothing_else(text: str, named: list[str]) -> None:
    assert sorted(named) == sorted(one.entity for one in entities(text) if one.whole is None)


def test_a_name_says_by_which_parts_it_may_be_called() -> None:
    assert {
        ("file:src/auth/login.py", None),
        ("file:auth/login.py", "src/auth/login.py"),
        ("file:login.py", "src/auth/login.py"),
        ("issue:acme/shop#45", None),
        ("issue:#45", "acme/shop#45"),
    } == {(one.entity, one.whole) for one in entities("acme/shop#45 in src/auth/login.py")}


def test_a_part_that_stands_in_the_text_itself_is_no_part() -> None:
    [login] = [one for one in entities("src/login.py, or login.py for short") if one.entity == "file:login.py"]

    assert login.whole is None


def test_who_is_known_as_a_person_is_one_at_the_beginning_too() -> None:
    assert [one.entity for one in entities("Caroline went.")] == []
    assert [one.entity for one in entities("Caroline went.", people=["Caroline"])] == ["name:caroline"]


@given(st.text(alphabet=st.sampled_from("aA_.`/#@:-+ 'E1(\n\u2019\u00e9\U0001f680"), max_size=200) | st.text())
def test_any_text_has_an_answer_without_overlaps(text: str) -> None:
    found = located(text)
    named = entities(text)

    assert all(left.end <= right.start for left, right in pairwise(found))
    assert all(0 < len(one.key) <= LONGEST_KEY for one in named)
    assert len({one.entity for one in named}) == len(named) <= 60
    assert entities(text) == named


@pytest.mark.parametrize("piece", ["A", "aA", "a.", "a/", "a_", "+a", "`", "@a.", "Ab ", "#1", "a-", "\u2019s", "'"])
def test_no_text_takes_long(piece: str) -> None:
    assert is_linear(entities, piece, 40_000)
