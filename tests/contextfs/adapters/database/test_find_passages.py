"""`find_passages` sees across row-level security: here it is checked for what it lets through, and how it scores."""

from collections.abc import Callable, Iterator
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import errors

from contextfs.domain.search.bm25 import idf, weights
from contextfs.domain.search.tokens import dimension, term_key, terms
from tests.conftest import as_role
from tests.contextfs.adapters.database.tenancy import (
    AVERAGE_LENGTH,
    Connection,
    Ids,
    assume,
    insert,
    memory_row,
    passage_row,
    settle_tenant,
)

VOCABULARY = [f"word{number}" for number in range(300)]


def _search(
    connection: Connection, org: UUID, text: str, *, projects: list[UUID] | None = None, limit: int = 1000
) -> dict[str, float]:
    """Search as the open transaction's claims allow; gives BM25 scores by text."""
    words = list(dict.fromkeys(terms(text)))
    rows = connection.execute(
        "select body, lexical from contextfs.find_passages(%(keys)s, %(dimensions)s, null, null, %(limit)s,"
        " %(projects)s::uuid [], null, null, null, null, null, null, null, null, now(), null, null)",
        {
            "keys": [term_key(org, word) for word in words],
            "dimensions": [dimension(word) for word in words],
            "limit": limit,
            "projects": projects,
        },
    ).fetchall()
    return dict(rows)


def _oracle(query: str, texts: list[str]) -> dict[str, float]:
    """Score every text by BM25 the slow way."""
    words = list(dict.fromkeys(terms(query)))
    said = [set(terms(text)) for text in texts]
    rare = {word: idf(len(texts), sum(word in one for one in said)) for word in words}
    scores: dict[str, float] = {}
    for text, distinct in zip(texts, said, strict=True):
        heavy = weights(terms(text), average_length=AVERAGE_LENGTH)
        if shared := [word for word in words if word in distinct]:
            scores[text] = sum(rare[word] * heavy[dimension(word)] for word in shared)
    return scores


def _sentences(seed: int, number: int) -> list[str]:
    """Make texts of words that are as unequally common as words are."""
    random = Random(seed)  # noqa: S311 - the same texts in each run
    shares = [1 / (rank + 1) for rank in range(len(VOCABULARY))]
    return [
        f"{' '.join(random.choices(VOCABULARY, shares, k=random.randint(3, 60)))} unique{index}"
        for index in range(number)
    ]


def _store(connection: Connection, ids: Ids, texts: list[str], visibility: str = "project") -> UUID:
    memory = uuid4()
    assume(connection, ids.org, ids.user)
    insert(connection, "memories", memory_row(ids.org, ids.other_project, memory, ids.user, visibility))
    for ordinal, text in enumerate(texts):
        insert(
            connection,
            "passages",
            passage_row(ids.org, ids.other_project, memory, ids.user, visibility, text, ordinal),
        )
    connection.execute("select set_config('app.org_id', '', true)")
    return memory


def test_without_claims_it_raises(app: Connection, ours: Ids) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        _search(app, ours.org, "port")


def test_after_a_transaction_with_claims_it_raises(app: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.user)
    app.commit()

    with pytest.raises(errors.InsufficientPrivilege):
        _search(app, ours.org, "port")


def test_the_same_words_of_another_tenant_are_not_found(app: Connection, ours: Ids, theirs: Ids) -> None:
    assume(app, ours.org, ours.user)

    assert _search(app, theirs.org, "the port is 5433") == {}


def test_another_tenants_project_finds_nothing(app: Connection, ours: Ids, theirs: Ids) -> None:
    assume(app, ours.org, ours.user)

    assert _search(app, ours.org, "port", projects=[theirs.project]) == {}


@pytest.mark.parametrize("named", ["its own", "another", "both", "none", "of another tenant"])
def test_a_project_key_finds_what_is_in_its_project(app: Connection, ours: Ids, theirs: Ids, named: str) -> None:
    projects = {
        "its own": [ours.project],
        "another": [ours.other_project],
        "both": [ours.project, ours.other_project],
        "none": None,
        "of another tenant": [theirs.project],
    }[named]
    assume(app, ours.org, ours.user, [ours.project])
    rows = app.execute(
        "select distinct project_id from contextfs.find_passages(%s, %s, null, null, 100, %s::uuid [],"
        " null, null, null, null, null, null, null, null, now(), null, null)",
        ([term_key(ours.org, "port")], [dimension("port")], projects),
    ).fetchall()

    assert rows == ([(ours.project,)] if projects is None or ours.project in projects else [])


def test_what_is_private_is_found_by_its_author_only(app: Connection, ours: Ids) -> None:
    found: list[int] = []
    for user in (ours.user, ours.colleague):
        assume(app, ours.org, user)
        row = app.execute(
            "select count(*) from contextfs.find_passages(%s, %s, null, null, 100, null,"
            " null, null, null, null, null, null, null, null, now(), null, null)",
            ([term_key(ours.org, "port")], [dimension("port")]),
        ).fetchone()
        assert row is not None
        found.append(row[0])

    assert found == [3, 2]


MARKS = [
    (visibility, sensitivity)
    for visibility in ("private", "project", "organization")
    for sensitivity in (None, "public", "internal", "confidential", "restricted")
]


@pytest.fixture(scope="module")
def marked(new_schema: Callable[[], str]) -> Iterator[tuple[Connection, Ids]]:
    """Store a passage of every visibility and sensitivity, which says both; stay connected."""
    url = new_schema()
    ids = settle_tenant(url)
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        for visibility, sensitivity in MARKS:
            _store(connection, ids, [f"heron {visibility} {sensitivity}"], visibility)
        assume(connection, ids.org, ids.user)
        connection.execute("update contextfs.passages set sensitivity = nullif(split_part(body, ' ', 3), 'None')")
        connection.commit()
        yield connection, ids
        connection.rollback()


@settings(max_examples=60, deadline=None)
@given(
    visibilities=st.none() | st.lists(st.sampled_from(["private", "project", "organization", "nobody"])),
    sensitivities=st.none() | st.lists(st.sampled_from(["public", "internal", "confidential", "restricted"])),
    is_author=st.booleans(),
)
def test_marks_let_pass_what_has_them_and_never_what_is_not_the_callers_to_see(
    marked: tuple[Connection, Ids], visibilities: list[str] | None, sensitivities: list[str] | None, *, is_author: bool
) -> None:
    connection, ids = marked
    assume(connection, ids.org, ids.user if is_author else ids.colleague)
    rows = connection.execute(
        "select body from contextfs.find_passages(%s, %s, null, null, 100, %s::uuid [],"
        " null, null, null, null, null, null, null, null, now(), %s::text [], %s::text [])",
        ([term_key(ids.org, "heron")], [dimension("heron")], [ids.other_project], visibilities, sensitivities),
    ).fetchall()
    passing = [
        f"heron {visibility} {sensitivity}"
        for visibility, sensitivity in MARKS
        if (visibilities is None or visibility in visibilities)
        and (sensitivities is None or sensitivity in sensitivities)
        and (is_author or visibility != "private")
    ]

    assert sorted(passing) == sorted(body for (body,) in rows)


def test_what_has_expired_is_not_found(app: Connection, database_url: str) -> None:
    ids = settle_tenant(database_url)
    _store(app, ids, ["gone already", "still here already"])
    assume(app, ids.org, ids.user)
    app.execute("update contextfs.passages set expires_at = now() - interval '1 second' where body = 'gone already'")

    assert list(_search(app, ids.org, "already")) == ["still here already"]


def test_scores_tell_nothing_of_what_others_keep_to_themselves(app: Connection, database_url: str) -> None:
    ids = settle_tenant(database_url)
    texts = ["kubernetes cluster", "kubernetes secret"]
    _store(app, ids, texts)
    assume(app, ids.org, ids.colleague)
    before = _search(app, ids.org, "kubernetes secret", projects=[ids.other_project])
    _store(app, ids, ["secret kubernetes plan", "secret"], visibility="private")
    assume(app, ids.org, ids.colleague)

    assert before == _search(app, ids.org, "kubernetes secret", projects=[ids.other_project])


@pytest.fixture(scope="module")
def library(new_schema: Callable[[], str]) -> Iterator[tuple[Connection, Ids, list[str]]]:
    """Store 200 texts, and others in another project and with another tenant; stay connected."""
    url = new_schema()
    ids, others = settle_tenant(url), settle_tenant(url)
    texts = _sentences(7, 200)
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        _store(connection, ids, texts)
        _store(connection, others, _sentences(8, 50))
        connection.commit()
        assume(connection, ids.org, ids.user)
        yield connection, ids, [*texts, "the port is 5433"]
        connection.rollback()


@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.sampled_from([*VOCABULARY[:40], "word299", "unique7", "port", "absent"]), max_size=8))
def test_lexical_scores_are_bm25(library: tuple[Connection, Ids, list[str]], words: list[str]) -> None:
    connection, ids, texts = library
    query = " ".join(words)
    found = _search(connection, ids.org, query, projects=[ids.other_project])

    assert found == pytest.approx(_oracle(query, texts), rel=1e-4, abs=1e-4)


def test_a_word_that_very_many_hold_is_weighed_too(app: Connection, database_url: str) -> None:
    ids = settle_tenant(database_url)
    texts = [f"common text {'rare' if number % 200 == 0 else 'usual'} {number}" for number in range(540)]
    _store(app, ids, [*texts, *(f"other {number}" for number in range(60))])
    assume(app, ids.org, ids.user)

    found = _search(app, ids.org, "common rare", projects=[ids.other_project], limit=50)
    best = dict(sorted(found.items(), key=lambda item: -item[1])[:3])
    wanted = _oracle("common rare", [*texts, *["other"] * 60])

    assert pytest.approx({text: wanted[text] for text in texts if "rare" in text}, rel=0.05) == best


def test_the_best_are_kept_when_there_are_too_many(library: tuple[Connection, Ids, list[str]]) -> None:
    connection, ids, texts = library
    found = _search(connection, ids.org, "word0 word3 word9", projects=[ids.other_project], limit=10)
    best = sorted(_oracle("word0 word3 word9", texts).values(), reverse=True)[:10]

    assert sorted(found.values(), reverse=True) == pytest.approx(best, rel=1e-4)


@pytest.fixture(scope="module")
def crowd(new_schema: Callable[[], str]) -> tuple[str, Ids]:
    """Store 20,000 passages of one tenant and 2,000 of another; gives the admin's address."""
    url = new_schema()
    ids, others = (settle_tenant(url) for _ in range(2))
    with psycopg.connect(url, autocommit=True) as connection:
        for one, number in ((ids, 20_000), (others, 2_000)):
            connection.execute(
                """
                insert into contextfs.passages (
                    org_id, project_id, id, author_id, visibility, occurred_at, source, source_id, memory_id, type,
                    trust, ordinal, starts, ends, terms, weights, context, body
                )
                select %(org)s, %(project)s, gen_random_uuid(), %(user)s, 'project', now(), 'memory', %(memory)s,
                    %(memory)s, 'fact', 1, n, 0, 1, array[n %% 5000 + 1, n %% 7 + 6000, n %% 900 + 7000],
                    format('{%%s:1.5}/1000000000', n %% 5000 + 1)::sparsevec, '', repeat('x ', 300)
                from generate_series(1, %(number)s) as n
                """,
                {
                    "org": one.org,
                    "project": one.project,
                    "user": one.user,
                    "memory": one.shared_memory,
                    "number": number,
                },
            )
        connection.execute("vacuum analyze contextfs.passages")
    return url, ids


def _scans(url: str, ids: Ids, projects: list[UUID] | None) -> dict[str, int]:
    """Search for two words as the API does; tell how often the table and its indexes were scanned."""
    scanned = ("passages", "passages_terms", "passages_project")
    with psycopg.connect(as_role(url, "contextfs_app")) as connection:
        assume(connection, ids.org, ids.user)
        connection.execute(
            "select * from contextfs.find_passages(array[17, 7300], array[17, 7300], null, null, 50, %s::uuid [],"
            " null, null, null, null, null, null, null, null, now(), null, null)",
            (projects,),
        )
        rows = connection.execute(
            "select name, pg_stat_get_xact_numscans(('contextfs.' || name)::regclass) from unnest(%s::text []) as name",
            (list(scanned),),
        ).fetchall()
        connection.rollback()
    return dict(rows)


@pytest.mark.parametrize("scope", ["organization", "project"])
def test_a_large_tenant_is_searched_by_the_index(crowd: tuple[str, Ids], scope: str) -> None:
    url, ids = crowd
    scans = _scans(url, ids, [ids.project] if scope == "project" else None)

    assert scans["passages"] == 0
    assert scans["passages_terms"] == 3


def test_passages_are_counted_by_an_index(crowd: tuple[str, Ids]) -> None:
    url, ids = crowd

    assert _scans(url, ids, [ids.project])["passages_project"] > 0
