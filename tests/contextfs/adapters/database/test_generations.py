"""Vectors of before become a generation, and code of before may go on while the new one rolls."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

from contextfs.adapters.database.migrate import migrate, shipped
from tests.conftest import PASSWORDS, as_role
from tests.contextfs.adapters.database.tenancy import AT, Connection, Ids, assume, insert, memory_row, passage_row

ONES, TWOS = "[1" + ",0" * 383 + "]", "[0,1" + ",0" * 382 + "]"


class Rolling:
    """A database whose schema is brought forward step by step, with two organizations that have passages of before."""

    def __init__(self, url: str) -> None:
        self.url = url
        names = [one.name for one in shipped()]
        self.at = next(place for place, name in enumerate(names) if name.endswith("_pre_generations.sql"))
        migrate(url, passwords=PASSWORDS, migrations=shipped()[: self.at])
        self.orgs: dict[str, tuple[UUID, UUID]] = {}

    def store(self, org: str, text: str, vector: str | None = None, model: str | None = None) -> UUID:
        """Store a passage as the code of before does, and embed it where there is a vector."""
        with psycopg.connect(as_role(self.url, "contextfs_app")) as connection:
            org_id, project = self.orgs.get(org) or self._founded(connection, org)
            assume(connection, org_id, org_id)
            memory = uuid4()
            insert(connection, "memories", memory_row(org_id, project, memory, org_id, "project"))
            row = passage_row(org_id, project, memory, org_id, "project", text)
            insert(connection, "passages", row)
            if vector:
                self.embed(connection, row["id"], vector, model)
            return row["id"]

    def embed(self, connection: Connection, passage: UUID, vector: str, model: str | None) -> None:
        """Give a passage its vector as the code of before does."""
        connection.execute(
            "update contextfs.passages set embedding = %s::halfvec, embedding_model = %s, said = 'h' where id = %s",
            [vector, model, passage],
        )

    def forward(self, *, post: bool = False) -> None:
        """Bring the schema one step forward."""
        migrate(self.url, passwords=PASSWORDS, migrations=shipped()[: self.at + 1 + post])

    def vectors(self, org: str) -> dict[str, str | None]:
        """Read the vectors of the generation that serves, by the text of their passage."""
        query = (
            "select p.body, (v.embedding::vector(384)::real [])[1:2]::text from contextfs.vectors as v"
            " inner join contextfs.passages as p on p.org_id = v.org_id and p.id = v.passage_id"
            " inner join contextfs.generations as g on g.org_id = v.org_id and g.id = v.generation_id"
            " where v.org_id = %s and g.state = 'serving'"
        )
        return dict(self._asked(query, org))

    def models(self, org: str) -> list[tuple[Any, ...]]:
        """Read an organization's generations."""
        return self._asked("select model, dimensions, state from contextfs.generations where org_id = %s", org)

    def _asked(self, query: Any, org: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, [self.orgs[org][0]]).fetchall()

    def _founded(self, connection: Connection, org: str) -> tuple[UUID, UUID]:
        self.orgs[org] = made = uuid4(), uuid4()
        assume(connection, made[0], made[0])
        stamps = {"created_at": AT, "updated_at": AT}
        insert(connection, "organizations", {"org_id": made[0], "name": org} | stamps)
        place = {"org_id": made[0], "id": made[1], "name": "p", "created_by": made[0]}
        insert(connection, "projects", place | stamps)
        return made


@pytest.fixture
def rolling(new_database: Callable[[], str]) -> Rolling:
    """Give a database as it was before there were generations."""
    return Rolling(new_database())


def test_the_model_of_most_vectors_serves_and_the_others_wait(rolling: Rolling) -> None:
    rolling.store("a", "first", ONES, "minilm")
    rolling.store("a", "second", TWOS, "minilm")
    rolling.store("a", "of another", ONES, "elsewhere")
    rolling.store("a", "waits")
    rolling.store("b", "words alone")
    rolling.forward()

    assert rolling.models("a") == [("minilm", 384, "serving")]
    assert rolling.vectors("a") == {"first": "{1,0}", "second": "{0,1}", "of another": None, "waits": None}
    assert (rolling.models("b"), rolling.vectors("b")) == ([], {})


def test_code_of_before_goes_on_meanwhile_and_what_it_makes_is_taken_over(rolling: Rolling) -> None:
    rolling.store("a", "first", ONES, "minilm")
    rolling.forward()
    late = rolling.store("a", "late", TWOS, "minilm")
    rolling.store("a", "of another", ONES, "elsewhere")
    with psycopg.connect(as_role(rolling.url, "contextfs_app")) as connection:
        assume(connection, rolling.orgs["a"][0], rolling.orgs["a"][0])
        connection.execute("update contextfs.passages set body = 'changed', embedding = null where id = %s", [late])
    between = rolling.vectors("a")
    rolling.forward(post=True)

    assert between == {"first": "{1,0}", "changed": None, "of another": None}
    assert rolling.vectors("a") == between


def test_a_search_of_before_finds_by_meaning_meanwhile(rolling: Rolling) -> None:
    rolling.store("a", "first", ONES, "minilm")
    rolling.store("a", "second", TWOS, "minilm")
    rolling.forward()
    org = rolling.orgs["a"][0]
    with psycopg.connect(as_role(rolling.url, "contextfs_app")) as connection:
        assume(connection, org, org)
        found = connection.execute(
            "select body, semantic from contextfs.find_passages('{}', '{}', %s::halfvec, 'minilm', 50, null, null,"
            " null, null, null, null, null, null, null, now()) order by semantic desc",
            [ONES],
        ).fetchall()

    assert found == [("first", 1.0), ("second", 0.0)]


def test_one_generation_serves_and_one_is_built_at_most(app: Connection, ours: Ids) -> None:
    assume(app, ours.org, ours.user)
    second = {"org_id": ours.org, "id": uuid4(), "model": "n", "state": "serving", "started_at": AT}

    with pytest.raises(errors.UniqueViolation):
        insert(app, "generations", second)


@pytest.mark.parametrize("function", ["await_generation", "drop_vectors", "count_generation"])
def test_the_generation_of_another_tenant_cannot_be_reached(
    app: Connection, admin: Connection, ours: Ids, theirs: Ids, function: str
) -> None:
    row = admin.execute("select id from contextfs.generations where org_id = %s", [theirs.org]).fetchone()
    before = admin.execute("select count(*) from contextfs.vectors where org_id = %s", [theirs.org]).fetchone()
    assume(app, ours.org, ours.user)
    assert row is not None
    call = {
        "await_generation": "select contextfs.await_generation(%s)",
        "drop_vectors": "select contextfs.drop_vectors(%s, 100)",
        "count_generation": "select passages + waiting from contextfs.count_generation(%s)",
    }[function]
    if function == "await_generation":
        with pytest.raises(errors.ForeignKeyViolation):
            app.execute(call, [row[0]])  # pyright: ignore[reportArgumentType, reportCallIssue]
    else:
        assert app.execute(call, [row[0]]).fetchone() == (0,)  # pyright: ignore[reportArgumentType, reportCallIssue]

    assert before == admin.execute("select count(*) from contextfs.vectors where org_id = %s", [theirs.org]).fetchone()
