"""One piece of work that ends: `python -m contextfs.runtime.job <name>`, which is one of these or a schedule's target.

    migrate-pre, migrate-post   bring the schema, before and after the code rolls
    graphs                      make the graphs by which large organizations are searched, drop those of old vectors,
                                and count how common these organizations' words are
    reseal                      make the first of several peppers the newest, toward which keys are hashed anew,
                                seal with it what another one sealed, and tell what is left
    found                       found the first organization, its owner, a project and a key, unless it is there
    first-key                   print that key, which follows from CONTEXTFS_FOUNDING_SECRET; it needs nothing else
    prove-isolation             try whether anybody gets at what is somebody else's; print the proof as Markdown

A job of Cloud Run runs it as a command. On Lambda `contextfs.runtime.job.handler` does, as CONTEXTFS_JOB says.
Migrations and graphs connect as CONTEXTFS_MIGRATION_DATABASE_URL says, a role that owns the database, which
`migrate-pre` makes first where CONTEXTFS_CREATE_DATABASE is true and the server lacks it; after a migration the roles
that the other addresses log in as have the passwords that stand in them, and the users that CONTEXTFS_DATABASE_USERS
names, with spaces between, log in as the API's role.
"""

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from contextfs.adapters.database import address
from contextfs.journeys.enter.organization import Founding, derive, found
from contextfs.kit import pepper
from contextfs.kit.errors import ContextFSError, Invalid, Unavailable
from contextfs.kit.settings import from_environment
from contextfs.runtime import secrets, targets, telemetry
from contextfs.runtime.table import Schedule
from contextfs.runtime.wiring import Wiring

VARIABLE = "CONTEXTFS_JOB"
OWNER = "CONTEXTFS_MIGRATION_DATABASE_URL"
USERS = "CONTEXTFS_DATABASE_USERS"
CREATE = "CONTEXTFS_CREATE_DATABASE"
PEPPER = "CONTEXTFS_KEY_PEPPER"
GRAPH_MEMORY = "CONTEXTFS_GRAPH_MEMORY"
_NAMES = ("migrate-pre", "migrate-post", "graphs", "reseal", "found", "first-key", "prove-isolation")
_SHORTEST_SECRET = 32
_TOLD_EACH = 1000
FOUNDING_SECRET = "CONTEXTFS_FOUNDING_SECRET"  # noqa: S105 - its name
FOUNDING_EMAIL = "CONTEXTFS_FOUNDING_EMAIL"
FOUNDING_ORGANIZATION = "CONTEXTFS_FOUNDING_ORGANIZATION"
FOUNDING_PROJECT = "CONTEXTFS_FOUNDING_PROJECT"
ROLES = ("CONTEXTFS_DATABASE_URL", "CONTEXTFS_RELAY_DATABASE_URL", "CONTEXTFS_SQL_DATABASE_URL")


def run(name: str, environment: Mapping[str, str]) -> str:
    """Do the work of a name, and tell what was done; Invalid when there is no such work, else what went wrong."""
    if name in {"migrate-pre", "migrate-post"}:
        return _migrate(name.removeprefix("migrate-"), environment)
    if name == "graphs":
        return _graphs(environment)
    if name == "reseal":
        return _reseal(environment)
    if name == "found":
        return _found(environment)
    if name == "first-key":
        return _founding(environment).key
    if name == "prove-isolation":
        return _prove(environment)
    schedule = targets.find(name)
    if not isinstance(schedule, Schedule):
        known = f"{', '.join(_NAMES)}, or a schedule of the manifest"
        raise Invalid(f"There is no job {name!r}: name {known}.")
    failed = targets.run(targets.process(name), schedule)
    if failed is not None:
        raise failed
    return f"{name}: done"


def handler(_event: Any, _context: Any) -> str:
    """Do the work that CONTEXTFS_JOB names, for Lambda; what goes wrong is the caller's to see."""
    try:
        return run(os.environ.get(VARIABLE, ""), secrets.resolved(os.environ))
    finally:
        telemetry.flush()


def _migrate(phase: str, environment: Mapping[str, str]) -> str:
    from contextfs.adapters.database.creation import create  # noqa: PLC0415 - schedules start without it
    from contextfs.adapters.database.migrate import migrate  # noqa: PLC0415 - as above

    owner = _owner(environment)
    made = ["the database"] if phase == "pre" and _is_on(environment, CREATE) and create(owner) else []
    applied = migrate(
        owner,
        phases=("pre",) if phase == "pre" else ("post",),
        passwords=_passwords(environment),
        members=environment.get(USERS, "").split(),
    )
    return f"migrate-{phase}: {', '.join([*made, *applied]) or 'nothing to do'}"


def _is_on(environment: Mapping[str, str], variable: str) -> bool:
    text = environment.get(variable) or "false"
    if text not in {"true", "false"}:
        raise Invalid(f"Setting {variable}: write true or false.")
    return text == "true"


def _graphs(environment: Mapping[str, str]) -> str:
    """Keep graphs and lexicons; what goes wrong with the ones does not keep the others from being kept."""
    from contextfs.adapters.database.graphs import keep_graphs  # noqa: PLC0415 - schedules start without it
    from contextfs.adapters.database.lexicons import keep_lexicons  # noqa: PLC0415 - as above

    owner, memory = _owner(environment), environment.get(GRAPH_MEMORY) or "512MB"
    done: list[str] = []
    failed: list[str] = []
    for keep in (partial(keep_graphs, memory=memory), keep_lexicons):
        try:
            done += keep(owner)
        except ContextFSError as error:
            failed.append(error.detail)
    if failed:
        raise Unavailable(" ".join([*failed, *([f"Done: {', '.join(done)}."] if done else [])]))
    return f"graphs: {', '.join(done) or 'nothing to do'}"


def _reseal(environment: Mapping[str, str]) -> str:
    """Seal anew what another pepper sealed; Unavailable names what none of them opens, after the rest is done."""
    from contextfs.adapters.database.postgres import PostgresDatabase  # noqa: PLC0415 - schedules start without it
    from contextfs.journeys.keep.resealing import reseal  # noqa: PLC0415 - as above

    owner, first = _owner(environment), pepper.read(environment.get(PEPPER, ""))
    database = PostgresDatabase(owner, size=1, name=OWNER)
    try:
        done = reseal(database, first, _provider(first), os.urandom, progress=_progress)
    finally:
        database.close()
    told = f"reseal: {done.looked_at} looked at, {done.renewed} sealed anew with the pepper {pepper.name_of(first)}"
    if done.unreadable:
        raise Unavailable(f"{told}; none of the peppers opens {', '.join(done.unreadable)}: set them anew.")
    if pepper.is_alone(first):
        return told
    if done.hashed_otherwise:
        left = f"{done.hashed_otherwise} keys and directories' tokens were not used since"
        return f"{told}; {left}, and may open by another one alone: keep the others, or make new keys for these"
    ends = "what else was hashed with them (logins, programs' grants, invitations) ends by itself within 90 days"
    return f"{told}; no key needs the others any more, and {ends}: take them out then, or now"


def _progress(looked: int, renewed: int) -> None:
    if looked % _TOLD_EACH == 0:
        sys.stderr.write(f"reseal: {looked} looked at, {renewed} sealed anew\n")


def _provider(first: pepper.Pepper) -> Callable[[str], tuple[str, bool]]:
    """Give what seals settings of identity providers anew; without the packages of single sign-on there are none."""

    def anew(sealed: str) -> tuple[str, bool]:
        from contextfs.adapters.identity.sealing import Seal  # noqa: PLC0415 - only where somebody signs in

        seal = Seal(first)
        text, place = seal.opened(sealed)
        return seal.seal(text), not pepper.is_first(first, place)

    return anew


def _owner(environment: Mapping[str, str]) -> str:
    owner = environment.get(OWNER)
    if not owner:
        raise Invalid(f"Setting {OWNER} is missing: migrations and graphs connect as the owner of the database.")
    _parts(OWNER, owner)
    return owner


def _found(environment: Mapping[str, str]) -> str:
    founding = _founding(environment)
    if "@" not in founding.email:
        raise Invalid(f"Setting {FOUNDING_EMAIL} is missing: it is the e-mail address of the first owner.")
    settings = from_environment(environment)
    wired = Wiring(settings)
    try:
        fresh = found(wired.services, founding, wired.clock(), region=settings.region)
    finally:
        wired.close()
    return f"found: {'the first organization is there now' if fresh else 'nothing to do'}"


def _prove(environment: Mapping[str, str]) -> str:
    """Prove the isolation of the server at its public address; ContextFSError tells the leaks, if there are any."""
    from contextfs.runtime.isolation import prove, telling  # noqa: PLC0415 - schedules start without it

    settings = from_environment(environment)
    proof = prove.prove(settings, settings.public_url or f"http://{settings.host}:{settings.port}")
    if proof.leaks:
        raise ContextFSError("\n".join([telling.verdict(proof), *map(telling.leak, proof.leaks)]))
    return telling.markdown(proof)


def _founding(environment: Mapping[str, str]) -> Founding:
    secret = environment.get(FOUNDING_SECRET, "")
    if len(secret) < _SHORTEST_SECRET:
        detail = f"Setting {FOUNDING_SECRET}: the secret text that the first key follows from has 32 letters or more."
        raise Invalid(detail)
    return derive(
        secret,
        organization=environment.get(FOUNDING_ORGANIZATION) or "ContextFS",
        email=environment.get(FOUNDING_EMAIL, ""),
        project=environment.get(FOUNDING_PROJECT) or "default",
    )


def _passwords(environment: Mapping[str, str]) -> dict[str, str]:
    """Read the passwords of the roles from the addresses that they log in with."""
    told = [_parts(variable, environment.get(variable, "")) for variable in ROLES]
    return {parts["user"]: parts["password"] for parts in told if parts.get("user") and parts.get("password")}


def _parts(variable: str, text: str) -> dict[str, str]:
    try:
        return address.parsed(text)
    except Invalid as error:
        raise Invalid(f"Setting {variable}: {error.detail}.") from None


def main(arguments: list[str]) -> int:
    """Do one job; the exit code is 2 when it was called wrong, 1 when it failed."""
    try:
        done = run(arguments[0] if len(arguments) == 1 else "", secrets.resolved(os.environ))
    except ContextFSError as error:
        sys.stderr.write(f"{error.detail}\n")
        return 2 if isinstance(error, Invalid) else 1
    finally:
        telemetry.stop()
    sys.stdout.write(f"{done}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
