"""Lexicons are counted of large organizations; search weighs by them, and tells nobody what others keep private."""

from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest

from contextfs.adapters.database import lexicons
from contextfs.adapters.database.lexicons import are_due, keep_lexicons
from contextfs.domain.search.bm25 import idf
from contextfs.domain.search.tokens import term_key
from contextfs.kit.errors import Unavailable
from tests.conftest import as_role
from tests.contextfs.adapters.database.tenancy import Connection, Ids, assume, settle_tenant

SHARED, PRIVATE = 4_000, 2_000
"""Passages of a project, and those that are private to one there.

Each has one of a thousand words, one of forty, one of two, and one that says whose it is.
"""
_FILL = """
insert into contextfs.passages (
    org_id, project_id, id, author_id, visibility, occurred_at, source, source_id, memory_id, type, trust, ordinal,
    starts, ends, terms, weights, context, body
)
select %(org)s, %(project)s, gen_random_uuid(), %(user)s, %(visibility)s, now(), 'memory', %(memory)s, %(memory)s,
    'fact', 1, %(first)s + n, 0, 1,
    array[(%(keys)s::integer [])[n %% 1000 + 1], (%(keys)s::integer [])[n %% 40 + 1001],
        (%(keys)s::integer [])[n %% 2 + 1041], %(own)s::integer],
    format('{%%s:1.5}/1000000000', n %% 5000 + 1)::sparsevec, '', repeat('x ', 300)
from generate_series(1, %(number)s) as n
"""


def words(org: UUID) -> list[int]:
    """Give the keys of the words: of a thousand, of forty, of two."""
    return [term_key(org, f"word{number}") for number in range(1042)]


def fill(connection: Connection, ids: Ids, number: int, *, own: str, private: bool = False, project: UUID) -> None:
    values = {
        "org": ids.org,
        "project": project,
        "user": ids.user,
        "memory": ids.elsewhere_memory if project == ids.other_project else ids.shared_memory,
        "visibility": "private" if private else "project",
        "first": 100_000 * private,
        "keys": words(ids.org),
        "own": term_key(ids.org, own),
        "number": number,
    }
    connection.execute(_FILL, values)


@pytest.fixture(scope="module")
def filled(new_schema: Callable[[], str]) -> Iterator[tuple[str, Ids, Ids]]:
    """Give the address of a database, counted, with a large tenant and one just too small."""
    url = new_schema()
    ids, small = (settle_tenant(url) for _ in range(2))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("delete from contextfs.generations")
        fill(connection, ids, SHARED, own="ours", project=ids.other_project)
        fill(connection, ids, PRIVATE, own="mine", private=True, project=ids.other_project)
        fill(connection, small, 2_900, own="ours", project=small.other_project)
        connection.execute("vacuum analyze contextfs.passages")
        keep_lexicons(url)
    yield url, ids, small
    assert not are_due(url)


def kept(url: str, ids: Ids) -> set[tuple[UUID, UUID | None, int]]:
    with psycopg.connect(url) as connection:
        query = "select project_id, reader, passages from contextfs.lexicons where org_id = %s"
        return set(connection.execute(query, [ids.org]).fetchall())


def rarities(url: str, ids: Ids, user: UUID, asked: list[str], projects: list[UUID] | None = None) -> list[float]:
    """Give the idf values that somebody's search weighs words by."""
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        assume(connection, ids.org, user, projects)
        row = connection.execute(
            "select rarities from contextfs.find_passages(%s, %s, null, null, 5, null,"
            " null, null, null, null, null, null, null, null, now(), null, null) limit 1",
            ([term_key(ids.org, word) for word in asked], list(range(1, len(asked) + 1))),
        ).fetchone()
        connection.rollback()
    assert row is not None
    return row[0]


def scans(url: str, ids: Ids, asked: list[str]) -> int:
    """Tell how often a search scans the index of words."""
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        assume(connection, ids.org, ids.colleague)
        connection.execute(
            "select 1 from contextfs.find_passages(%s, %s, null, null, 5, null,"
            " null, null, null, null, null, null, null, null, now(), null, null)",
            ([term_key(ids.org, word) for word in asked], list(range(1, len(asked) + 1))),
        )
        row = connection.execute("select pg_stat_get_xact_numscans('contextfs.passages_terms'::regclass)").fetchone()
        connection.rollback()
    assert row is not None
    return row[0]


def test_each_large_part_of_a_large_organization_has_a_lexicon(filled: tuple[str, Ids, Ids]) -> None:
    url, ids, small = filled

    assert kept(url, ids) == {(ids.other_project, None, SHARED + 1), (ids.other_project, ids.user, PRIVATE)}
    assert kept(url, small) == set()
    assert keep_lexicons(url) == []


def test_words_are_weighed_as_if_all_had_been_counted(filled: tuple[str, Ids, Ids]) -> None:
    url, ids, _ = filled
    found = rarities(url, ids, ids.colleague, ["word7", "word1007", "word1041"])

    assert pytest.approx([idf(SHARED, SHARED // share) for share in (1000, 40, 2)], abs=0.2) == found


def test_common_words_are_not_counted_by_the_search(filled: tuple[str, Ids, Ids]) -> None:
    url, ids, _ = filled

    assert scans(url, ids, ["word1007", "word1008", "word1009", "word1041"]) == 1
    assert scans(url, ids, ["word1007", "word7", "word8", "word1041"]) == 3


def test_what_is_private_is_weighed_for_its_reader_alone(filled: tuple[str, Ids, Ids]) -> None:
    url, ids, _ = filled
    asked = ["ours", "mine", "word1041"]

    everything = SHARED + PRIVATE

    assert rarities(url, ids, ids.colleague, asked)[1] == 0
    assert (
        pytest.approx([idf(everything, SHARED), idf(everything, PRIVATE)], abs=0.2)
        == (rarities(url, ids, ids.user, asked)[:2])
    )


def test_a_search_in_one_project_knows_nothing_of_another(filled: tuple[str, Ids, Ids]) -> None:
    url, ids, _ = filled
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        assume(connection, ids.org, ids.user, [ids.project])
        seen = connection.execute("select count(*) from contextfs.lexicon_words").fetchone()
        connection.rollback()

    assert seen == (0,)
    assert rarities(url, ids, ids.user, ["port", "ours"], [ids.project])[1] == 0


def test_what_is_new_since_is_counted_by_the_search(filled: tuple[str, Ids, Ids]) -> None:
    url, ids, _ = filled
    with psycopg.connect(url) as connection:
        fill(connection, ids, 30, own="brandnew", project=ids.project)
        connection.commit()
    try:
        found = rarities(url, ids, ids.colleague, ["brandnew"])
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("delete from contextfs.passages where %s = any(terms)", [term_key(ids.org, "brandnew")])

    assert pytest.approx([idf(SHARED, 30)], abs=0.2) == found


def test_what_changed_by_a_tenth_is_counted_anew_and_what_became_small_has_none(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    ids = settle_tenant(url)
    done: list[tuple[int, set[tuple[UUID, UUID | None, int]]]] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("delete from contextfs.passages")
        fill(connection, ids, 3_500, own="ours", project=ids.project)
        for left in (3_500, 3_350, 1_500):
            connection.execute("delete from contextfs.passages where ordinal > %s", [left])
            done.append((len(keep_lexicons(url)), kept(url, ids)))

    first = {(ids.project, None, 3_500)}

    assert done == [(3, first), (0, first), (1, set())]
    assert keep_lexicons(url) == []


def test_what_was_replaced_by_as_much_is_counted_anew_within_a_week(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    ids = settle_tenant(url)
    done: list[tuple[int, set[int]]] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("delete from contextfs.passages")
        fill(connection, ids, 3_500, own="old", project=ids.project)
        keep_lexicons(url)
        connection.execute("delete from contextfs.passages")
        fill(connection, ids, 3_500, own="new", project=ids.project)
        for days in (6, 8):
            connection.execute("update contextfs.lexicons set counted_at = now() - %s * interval '1 day'", [days])
            number = len(keep_lexicons(url))
            rows = connection.execute("select key from contextfs.lexicon_words where passages = 3500").fetchall()
            done.append((number, {key for (key,) in rows}))

    assert done == [(0, {term_key(ids.org, "old")}), (1, {term_key(ids.org, "new")})]


def test_a_lexicon_of_a_part_does_not_stand_for_the_whole(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    ids = settle_tenant(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("delete from contextfs.passages")
        fill(connection, ids, 1_000, own="ours", project=ids.other_project)
        for project, private in ((ids.other_project, True), (ids.project, False), (ids.project, True)):
            fill(connection, ids, 950, own="rest", private=private, project=project)
        connection.execute("vacuum analyze contextfs.passages")
        keep_lexicons(url)

    assert kept(url, ids) == {(ids.other_project, None, 1_000)}
    assert pytest.approx([idf(3_850, 1_000), idf(3_850, 2_850)], abs=0.2) == rarities(
        url, ids, ids.user, ["ours", "rest"]
    )


def test_a_project_takes_its_lexicons_along(new_schema: Callable[[], str]) -> None:
    url = new_schema()
    ids = settle_tenant(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("delete from contextfs.projects where id = %s", [ids.project])
        left = connection.execute(
            "select distinct l.project_id from contextfs.lexicon_words as w"
            " inner join contextfs.lexicons as l on l.org_id = w.org_id and l.id = w.lexicon_id"
        ).fetchall()

    assert left == [(ids.other_project,)]


def test_two_do_not_count_at_once(filled: tuple[str, Ids, Ids]) -> None:
    url, *_ = filled
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(%s)", [lexicons.LOCK])
        with pytest.raises(Unavailable, match="Somebody else"):
            keep_lexicons(url)


def test_who_is_not_the_owner_counts_nothing(filled: tuple[str, Ids, Ids]) -> None:
    url, ids, _ = filled
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        assume(connection, ids.org, ids.colleague)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied"):
            connection.execute("select contextfs.count_words(%s, %s, 0, 0)", [ids.other_project, ids.user])

    with pytest.raises(Unavailable, match="permission denied"):
        keep_lexicons(as_role(url, "contextfs_app"))
    assert kept(url, ids) == {(ids.other_project, None, SHARED + 1), (ids.other_project, ids.user, PRIVATE)}
