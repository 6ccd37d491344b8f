"""Each check of what a directory tells, taken out; beside it the test that has to notice."""

from tests.mutation import Unchecked, never, without

_SCHEMA, _ENDPOINT = "adapters/database/migrations/0026_pre_scim.sql", "runtime/scim/endpoint.py"
_PEOPLE, _STORAGE, _ADMISSION = (
    "journeys/provision/people.py",
    "adapters/scim/storage.py",
    "journeys/signin/admission.py",
)


def _people(name: str) -> str:
    return f"tests/functions/scim/test_people.py::{name}"


def _mint(name: str) -> str:
    return f"tests/functions/scim/test_mint.py::{name}"


def _vouched(name: str) -> str:
    return f"tests/functions/sso/test_vouched.py::{name}"


MUTANTS: tuple[Unchecked, ...] = (
    without("secret of a token", _SCHEMA, " and t.hash = token_hash", "", _mint("test_another_secret_opens_nothing")),
    without(
        "end of a token",
        _SCHEMA,
        "t.revoked_at is null and ",
        "",
        "tests/functions/scim/test_revoke.py::test_a_token_that_was_ended_opens_nothing",
    ),
    without(
        "time of a token",
        _SCHEMA,
        " and (t.expires_at is null or t.expires_at > at)",
        "",
        _mint("test_a_token_that_has_expired_opens_nothing"),
    ),
    never("a token at all", _ENDPOINT, "found is None", _mint("test_another_secret_opens_nothing")),
    without(
        "scheme",
        _ENDPOINT,
        'named if scheme.lower() == "bearer" else None',
        "named",
        _mint("test_another_secret_opens_nothing"),
    ),
    without(
        "tenant",
        _SCHEMA,
        "'org_id = (select contextfs.claim(''org_id'')::uuid)'",
        "'true'",
        _people("test_another_organizations_people_are_not_there"),
    ),
    without(
        "de-provisioning ends keys and logins",
        _PEOPLE,
        "role = store.remove_member(call.tx, user_id)",
        "role = entry.role",
        _people("test_who_is_taken_back_is_out_at_once"),
    ),
    without(
        "whom a directory renames",
        _PEOPLE,
        "_check_given(call, member.role)  # who has the address signs in as them",
        "pass",
        _vouched("test_an_administrators_directory_neither_renames_nor_removes_an_owner"),
    ),
    without(
        "whom a directory brings back",
        _PEOPLE,
        "        _check_given(call, role)\n    elif",
        "        pass\n    elif",
        _vouched("test_who_was_an_owner_comes_back_by_an_owners_directory_alone"),
    ),
    without(
        "what a directory's groups give",
        _PEOPLE,
        "                _check_given(call, role)\n",
        "                pass\n",
        _vouched("test_a_directory_makes_nobody_who_may_more_than_who_made_its_token"),
    ),
    without(
        "whose role a directory's groups lower",
        _PEOPLE,
        "            _check_taken(call, member.role)\n            if",
        "            if",
        _vouched("test_who_may_more_than_who_made_its_token_is_not_made_less_by_a_directory"),
    ),
    without(
        "a directory gives what its maker may now",
        _PEOPLE,
        "maker.is_noted and covers(now,",
        "maker.is_noted and () and covers(now,",
        _vouched("test_a_directory_gives_nothing_more_when_who_made_its_token_has_gone_and_goes_on_to_take_away"),
    ),
    without(
        "an invitation ends with what its maker may",
        "journeys/enter/invitations.py",
        "    _check_still_given(call, invitation)\n",
        "",
        _vouched("test_an_invitation_ends_with_what_its_maker_may_however_that_ends"),
    ),
    never(
        "who is withdrawn does not sign in",
        _ADMISSION,
        "scim.is_withdrawn(call.tx, person.email)",
        _people("test_who_is_inactive_does_not_sign_in_again_and_comes_back_as_who_they_were"),
    ),
    without("last owner", _PEOPLE, "len(owners) == 1 or ", "", _people("test_the_last_owner_stays")),
    without(
        "one member for one user",
        _PEOPLE,
        '(known is not None and known["user_id"] != user_id) or store.is_taken(call.tx, entry.id, user_id)',
        "False",
        _people("test_two_users_are_never_one_member"),
    ),
    never(
        "ETag",
        _STORAGE,
        "expected is not None and expected != _version(entry)",
        _people("test_a_version_that_is_overtaken_meanwhile_is_refused"),
    ),
    without(
        "a password is not kept",
        _STORAGE,
        "if name not in _DERIVED",
        "if name",
        _people("test_a_user_becomes_a_member_with_an_address_and_a_name"),
    ),
    without(
        "the audit log tells",
        _ENDPOINT,
        'if request.method != "GET":',
        "if False:",
        _people("test_a_user_becomes_a_member_with_an_address_and_a_name"),
    ),
)
