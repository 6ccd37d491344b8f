"""Each check by which the database lets somebody in, taken out; beside it the test that has to notice."""

from tests.mutation import Unchecked, without

_FILE = "adapters/database/migrations/0076_pre_newest_pepper.sql"
_KEY_TIME = "(k.expires_at is null or k.expires_at > at)"
_OPENED_TIME = "(opened.expires_at is null or opened.expires_at > at)"
_OF_A_KEY = "\n    and (k.user_id is null"
_OF_A_LOGIN = "\n    ));"


def _every(name: str) -> str:
    return f"tests/functions/test_every_route.py::{name}"


def _invited(name: str) -> str:
    return f"tests/functions/invitations/test_accept.py::{name}"


def _opened(name: str) -> str:
    return f"tests/functions/auth/test_open.py::{name}"


def _token(name: str) -> str:
    return f"tests/functions/tokens/test_create.py::{name}"


def _grant(name: str) -> str:
    return f"tests/contextfs/runtime/oauth/test_grants.py::{name}"


def _without(name: str, check: str, noticed_by: str, *, left: str = "") -> Unchecked:
    return without(name, _FILE, check, left, noticed_by)


_KEYS_END = _every("test_with_a_key_that_ended_it_answers_401")
_BROWSERS_KEY = "test_a_login_ends_with_the_key_that_opened_it"
_BUSY = _opened("test_an_idle_login_ends_and_a_busy_one_after_a_day")
_TOKENS_LOGIN = "test_it_ends_with_its_login_however_that_ends"

MUTANTS: tuple[Unchecked, ...] = (
    _without("secret of a key", " and k.hash = any(hashes)", _every("test_without_a_good_key_it_answers_401")),
    _without(
        "end of a key",
        f"k.revoked_at is null and {_KEY_TIME}{_OF_A_KEY}",
        _KEYS_END,
        left=f"{_KEY_TIME}{_OF_A_KEY}",
    ),
    _without("time of a key", f" and {_KEY_TIME}{_OF_A_KEY}", _KEYS_END, left=_OF_A_KEY),
    _without(
        "secret of an invitation",
        " and i.hash = any(hashes)",
        _invited("test_a_token_that_was_never_given_out_opens_nothing"),
    ),
    _without(
        "an invitation opens once",
        "i.accepted_at is null and ",
        _invited("test_it_opens_once_also_when_it_is_used_twice_at_once"),
    ),
    _without("end of an invitation", "i.revoked_at is null and ", _invited("test_it_ends_when_it_is_revoked")),
    _without("time of an invitation", " and i.expires_at > at", _invited("test_it_ends_with_its_time")),
    _without(
        "secret of a login",
        " and (l.hash = any(hashes) or l.earlier_hash = any(hashes))",
        _opened("test_a_cookie_with_another_secret_opens_nothing"),
    ),
    _without(
        "end of a login",
        "l.ended_at is null and l.expires_at > at and l.used_at",
        "tests/functions/auth/test_end.py::test_a_login_that_was_ended_opens_nothing",
        left="l.expires_at > at and l.used_at",
    ),
    _without("time of a login", "l.expires_at > at and l.used_at", _BUSY, left="l.used_at"),
    _without("a login that nobody uses", " and l.used_at > at - idle", _BUSY),
    _without(
        "end of a login's key",
        f"k.revoked_at is null and {_KEY_TIME}{_OF_A_LOGIN}",
        _opened(f"{_BROWSERS_KEY}[revoked]"),
        left=f"{_KEY_TIME}{_OF_A_LOGIN}",
    ),
    _without(
        "time of a login's key",
        f" and {_KEY_TIME}{_OF_A_LOGIN}",
        _opened(f"{_BROWSERS_KEY}[expired]"),
        left=_OF_A_LOGIN,
    ),
    _without(
        "secret of a token",
        " and t.hash = any(hashes) and t.expires_at > at",
        _token("test_another_secret_opens_nothing"),
        left=" and t.expires_at > at",
    ),
    _without("time of a token", " and t.expires_at > at\n", _token("test_it_ends_by_itself"), left="\n"),
    _without(
        "end of a token's key",
        f"k.revoked_at is null and {_KEY_TIME}))",
        _token("test_it_ends_with_its_key[revoke]"),
        left=f"{_KEY_TIME}))",
    ),
    _without(
        "time of a token's key",
        f" and {_KEY_TIME}))",
        _token("test_it_ends_with_its_key[expire]"),
        left="))",
    ),
    _without(
        "end of a token's login",
        "l.ended_at is null and l.expires_at > at and (l.key_id",
        _token("test_a_login_is_changed_for_one_that_ends_with_it"),
        left="l.expires_at > at and (l.key_id",
    ),
    _without(
        "time of a token's login",
        "l.expires_at > at and (l.key_id",
        _token(f"{_TOKENS_LOGIN}[its time]"),
        left="(l.key_id",
    ),
    _without(
        "end of the key of a token's login",
        f"opened.revoked_at is null and {_OPENED_TIME}",
        _token(f"{_TOKENS_LOGIN}[its key revoked]"),
        left=_OPENED_TIME,
    ),
    _without(
        "time of the key of a token's login",
        f" and {_OPENED_TIME}",
        _token(f"{_TOKENS_LOGIN}[its key expired]"),
    ),
    _without("secret of a grant", " and g.access_hash = any(hashes)", _grant("test_another_secret_opens_nothing")),
    _without(
        "time of a grant's token",
        "g.access_expires_at > at and ",
        _grant("test_an_access_token_ends_after_an_hour_and_a_refresh_token_brings_another"),
    ),
    _without("end of a grant", "g.ended_at is null and ", _grant("test_tokens_are_given_back[access_token]")),
    _without(
        "time of a grant", " and g.expires_at > at;", _grant("test_an_access_token_ends_with_its_grant"), left=";"
    ),
)
