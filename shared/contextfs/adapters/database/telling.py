"""What the database refuses, told in the product's words. It does not tell what the driver said: that quotes values."""

import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

import psycopg

from contextfs.kit.errors import BadInput, Conflict, Contended, ContextFSError, Invalid, NotFound, Unavailable

_log = logging.getLogger(__name__)


def first_line(error: Exception) -> str:
    """Give what an error says to an owner of the database, without its details, which the driver writes below."""
    return str(error).strip().split("\n", 1)[0]


@contextmanager
def translated() -> Generator[None]:
    """Tell the driver's errors in the product's words.

    The driver's own text stays out of the new error and of its traceback: it quotes values, which may be secret.
    """
    try:
        yield
    except OverflowError:
        raise Invalid(_OUTSIDE) from None
    except UnicodeEncodeError:
        raise BadInput(_BROKEN) from None
    except psycopg.Error as error:
        told = _told(error)
        note(error, told)
        raise told from None


def _told(error: psycopg.Error) -> ContextFSError:
    if is_stale(error):
        return Unavailable(_AWAY)
    for kinds, tell in _TELLING:
        if isinstance(error, kinds):
            return tell(error)
    return ContextFSError("The database refused this for a reason that is not the caller's: see the server's log.")


def note(error: psycopg.Error, told: ContextFSError) -> None:
    """Log what went wrong in names only: of the database's texts, just those about our own statements hold no value."""
    named = {
        "kind": type(error).__name__,
        "sqlstate": error.sqlstate,
        "table": error.diag.table_name,
        "column": error.diag.column_name,
        "constraint": error.diag.constraint_name,
    }
    ours = (error.sqlstate or "").startswith("42")
    level = logging.WARNING if told.status >= ContextFSError.status else logging.INFO
    text = f"database: {error.diag.message_primary}" if ours else "database error"
    _log.log(level, text, extra={name: value for name, value in named.items() if value})


_AWAY = "The database does not answer; nothing was stored, try again."
UNKNOWN = (
    "The database went away while it stored this; it may be stored or not. "
    "Try again with the same Idempotency-Key: it will not be stored twice."
)
_OUTSIDE = "A value is outside of what can be stored: check numbers, dates and enumerations."
_BROKEN = "A value cannot be stored: it holds a character or a form that the database refuses."
_TAKEN: Mapping[str, str] = {
    "projects_name": "A project of this name exists already: choose another name, or use the existing one.",
    "sources_name": "A source of this name exists already: choose another name, or rotate the secret of that one.",
    "memories_pkey": "A memory with this id exists already: leave the id out, or change that memory.",
    "projects_pkey": "A project with this id exists already.",
    "memberships_email": "Somebody with this address is a member already.",
    "invitations_open": "This address is invited in this moment: try again.",
    "custom_roles_org_id_name_key": "A role of this name exists already: choose another name, or change that one.",
    "sessions_external": "A session of this tool with this external_id exists already in the project.",
}
_ABSENT: Mapping[str, str] = {
    "memberships_custom_role": "There is no such role, or it is not yours to see.",
    "invitations_custom_role": "There is no such role, or it is not yours to see.",
    "sessions_org_id_project_id_fkey": "There is no such project, or it is not yours to see.",
    "sources_org_id_project_id_fkey": "There is no such project, or it is not yours to see.",
    "memories_org_id_project_id_fkey": "There is no such project, or it is not yours to see.",
    "memories_org_id_session_id_fkey": "There is no such session, or it is not yours to see.",
}


def _taken(error: psycopg.Error) -> ContextFSError:
    name = error.diag.constraint_name or ""
    return Conflict(_TAKEN.get(name, "Such a thing exists already."), where="$.id" if name.endswith("_pkey") else None)


def _absent(error: psycopg.Error) -> ContextFSError:
    return NotFound(_ABSENT.get(error.diag.constraint_name or "", "What this refers to does not exist here."))


def _always(kind: type[ContextFSError], detail: str) -> Callable[[psycopg.Error], ContextFSError]:
    return lambda _: kind(detail)


_e = psycopg.errors
_STALE = (_e.ReadOnlySqlTransaction, _e.InvalidSqlStatementName)


def is_stale(error: BaseException) -> bool:
    """Tell whether another connection may do.

    Such as one to the server that writes now, one that knows its prepared statements, or one on which they were
    prepared after a migration changed the type of a column that they give.
    """
    if isinstance(error, _e.FeatureNotSupported):
        return error.diag.source_function == "RevalidateCachedQuery"
    return isinstance(error, _STALE)


# The first line that fits is told; a kind that is a special case of another stands before it.
_TELLING: tuple[tuple[tuple[type[psycopg.Error], ...], Callable[[psycopg.Error], ContextFSError]], ...] = (
    ((_e.UniqueViolation, _e.ExclusionViolation), _taken),
    ((_e.ForeignKeyViolation,), _absent),
    (
        (_e.RestrictViolation,),
        _always(Conflict, "An organization keeps an owner who can come in: make somebody else an owner first."),
    ),
    (
        (_e.InsufficientPrivilege,),
        _always(NotFound, "What this refers to does not exist here, or it is not yours to change."),
    ),
    ((_e.CheckViolation, _e.NumericValueOutOfRange, _e.DatetimeFieldOverflow), _always(Invalid, _OUTSIDE)),
    (
        (_e.ProgramLimitExceeded, _e.StatementTooComplex),
        _always(Invalid, "A value is larger or more deeply nested than the database can store: make it smaller."),
    ),
    ((psycopg.DataError,), _always(BadInput, _BROKEN)),
    (
        (_e.SerializationFailure, _e.DeadlockDetected, _e.LockNotAvailable),
        _always(Contended, "Another change got in the way; nothing was stored, try again."),
    ),
    (
        (_e.UndefinedTable, _e.UndefinedColumn, _e.UndefinedFunction, _e.InvalidSchemaName),
        _always(Unavailable, "The database is not at this version's schema; nothing was stored: run the migrations."),
    ),
    (
        (psycopg.OperationalError, _e.IdleInTransactionSessionTimeout),
        _always(Unavailable, _AWAY),
    ),
)
