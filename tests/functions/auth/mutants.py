"""Each check of a sign-in, taken out; beside it the test that has to notice."""

from tests.mutation import Unchecked, never, without

_JOURNEY, _ADMISSION = "journeys/signin/provider.py", "journeys/signin/admission.py"
_OPENID, _RULES, _SQL = "adapters/identity/oidc.py", "domain/sso/rules.py", "domain/sso/postgres.sql"


def _back(name: str) -> str:
    return f"tests/functions/auth/test_callback.py::{name}"


def _exchange(name: str) -> str:
    return f"tests/functions/auth/test_exchange.py::{name}"


def _vouched(name: str) -> str:
    return f"tests/functions/sso/test_vouched.py::{name}"


_SERVICE = "journeys/signin/service.py"

MUTANTS: tuple[Unchecked, ...] = (
    without(
        "a new login's cookie takes the place of one that is there",
        "functions/auth/open.py",
        "cookies=(cookie,)",
        "cookies=()",
        "tests/functions/auth/test_open.py::test_a_cookie_that_was_there_before_is_not_kept",
    ),
    without(
        "... of who comes back from the provider",
        "functions/auth/callback.py",
        "cookies=(login, begun)",
        "cookies=(begun,)",
        _back("test_a_new_login_takes_the_place_of_a_planted_one"),
    ),
    without(
        "a cookie of this very host",
        "runtime/http/cookies.py",
        'f"__Host-{name}" if _is_secure(public_url) else name',
        "name",
        "tests/functions/auth/test_open.py::test_no_script_and_no_other_site_gets_the_cookie",
    ),
    never("a state of ours", _JOURNEY, "named is None", _back("test_a_state_that_is_none_of_ours_is_refused")),
    without(
        "PKCE: the verifier is of this sign-in alone",
        _JOURNEY,
        'verifier=derived("verifier")',
        'verifier="v" * 43',
        _back("test_the_codes_verifier_is_this_servers_own"),
    ),
    never(
        "verified address of the installation's service",
        _RULES,
        "not _is_told(assertion.attributes)",
        _exchange("test_an_address_that_was_not_verified_lets_nobody_in"),
    ),
    never(
        "organization of one's own",
        _SERVICE,
        "_known(inside, who) is None",
        _exchange("test_an_organization_of_others_looks_like_none"),
    ),
    never(
        "several organizations",
        _SERVICE,
        "len(theirs) > 1",
        _exchange("test_who_belongs_to_several_names_one_and_no_other"),
    ),
    never("suspended", _SERVICE, "member.suspended", _exchange("test_who_is_suspended_is_told_so")),
    without(
        "enforced provider",
        _SERVICE,
        "    rules.check_not_enforced(store.settings(call.tx), member.user_id)\n",
        "",
        _exchange("test_an_organization_that_enforces_its_provider_is_not_entered_this_way"),
    ),
    without("token is good once", _SERVICE, "    _take(call, who)\n", "", _exchange("test_a_token_is_good_once")),
    without(
        "logins of the service end with enforcement",
        "domain/logins/postgres.sql",
        "method in ('key', 'service')",
        "method = 'key'",
        _exchange("test_logins_by_the_service_end_when_the_provider_is_enforced"),
    ),
    without(
        "an organization that only added somebody",
        "adapters/database/migrations/0058_pre_entered_organizations.sql",
        " and d.domain = split_part(address, '@', 2) and d.verified_at is not null",
        "",
        _exchange("test_who_was_only_added_learns_of_it_by_nothing_and_is_led_nowhere"),
    ),
    without(
        "a place for who signs in",
        _JOURNEY,
        "with services.waiting.signing_in.taken(org_id):",
        "if True:",
        "tests/functions/sso/test_places.py::test_sign_ins_at_a_slow_provider",
    ),
    without(
        "a place for who sets up",
        "runtime/door/outside.py",
        "with self.places.taken(self.org_id):",
        "if True:",
        "tests/functions/sso/test_places.py::test_who_tries_a_slow_provider_again_and_again",
    ),
    without(
        "of two at once one is told",
        _SQL,
        "where s.updated_at = %(before)s\n",
        "",
        "tests/functions/sso/test_put.py::test_of_two_who_set_it_at_once_one_is_told",
    ),
    without(
        "secret of the state", _SQL, " and state_hash = %(state_hash)s", "", _back("test_a_state_is_known_by_all_of_it")
    ),
    without(
        "state is good once",
        _SQL,
        "delete from signins\nwhere id = %(id)s and state_hash = %(state_hash)s\n"
        "returning binder_hash, return_to, expires_at",
        "select binder_hash, return_to, expires_at from signins\nwhere id = %(id)s and state_hash = %(state_hash)s",
        _back("test_an_answer_is_good_once"),
    ),
    without(
        "browser that asked",
        _JOURNEY,
        'not hmac.compare_digest(bytes(begun["binder_hash"]), binder)',
        "False",
        _back("test_an_answer_is_good_in_the_browser_that_asked"),
    ),
    without(
        "time of the state",
        _JOURNEY,
        ' or begun["expires_at"] <= call.now',
        "",
        _back("test_an_answer_is_good_for_ten_minutes"),
    ),
    never(
        "switched off meanwhile",
        _JOURNEY,
        "not settings.enabled or speaks_saml(settings)",
        _back("test_what_was_switched_off_meanwhile_lets_nobody_in"),
    ),
    without(
        "PKCE: the verifier is of this sign-in",
        _OPENID,
        '"code_verifier": challenge.verifier,',
        "",
        _back("test_a_new_person_becomes_a_member_and_stays_the_same_one"),
    ),
    never(
        "provider that was asked",
        _OPENID,
        "told != metadata.issuer",
        _back("test_an_answer_of_another_provider_is_refused"),
    ),
    without(
        "subject of the userinfo",
        _OPENID,
        ' or more.get("sub") != claims["sub"]',
        "",
        _back("test_what_the_provider_tells_of_somebody_else_is_refused"),
    ),
    never(
        "address that is vouched for",
        _ADMISSION,
        "not person.is_trusted",
        _back("test_an_address_that_nobody_vouches_for_takes_over_no_account"),
    ),
    never(
        "auto-provision",
        _ADMISSION,
        "not settings.auto_provision",
        _back("test_without_auto_provision_nobody_becomes_a_member"),
    ),
    never(
        "verified domain",
        _ADMISSION,
        "rules.domain_of(person.email) not in verified",
        _back("test_an_address_of_another_domain_becomes_no_member"),
    ),
    without(
        "what a provider is vouched for with",
        _ADMISSION,
        "    _check_vouched(call, settings, member.role)\n",
        "",
        _vouched("test_who_may_more_is_not_made_less_to_be_signed_in_as"),
    ),
    without(
        "what who set a provider up may",
        _ADMISSION,
        "settings.vouched is not None and covers(",
        "False and covers(",
        _vouched("test_an_administrators_provider_lets_no_owner_in_until_an_owner_confirms_it"),
    ),
    without(
        "whose word is taken is vouched for anew",
        "journeys/signin/settings.py",
        " or _believed(before) != _believed(settings)",
        "",
        _vouched("test_whose_word_is_taken_is_vouched_for_anew_when_it_changes_and_by_nothing_else"),
    ),
    without(
        "reach of who vouches",
        "domain/sso/store.py",
        'row is not None and row["is_whole"]',
        "row is not None",
        _vouched("test_people_go_on_signing_in_when_who_set_the_provider_up_has_gone_and_that_is_told[narrowed]"),
    ),
    never(
        "what else is set confirms nothing",
        "journeys/signin/settings.py",
        "not settings.enabled or _beside(before) != _beside(settings)",
        _vouched("test_who_sets_something_else_confirms_no_provider[default_role]"),
    ),
    without(
        "roles that a provider gives",
        "journeys/signin/settings.py",
        "    _check_roles(call, before, wanted)\n",
        "",
        _vouched("test_who_sets_a_provider_up_gives_no_role_that_may_more"),
    ),
    without(
        "who gets a role by a provider",
        "journeys/signin/settings.py",
        "if before.group_roles.get(group) != role}",
        "if role not in before.group_roles.values()}",
        _vouched("test_a_role_that_others_have_by_the_provider_is_not_given_on_by_who_lacks_it[another group]"),
    ),
    without(
        "who gets the default role",
        "journeys/signin/settings.py",
        "(wanted.default_role, wanted.group_roles) != (before.default_role, before.group_roles)",
        "wanted.default_role != before.default_role",
        _vouched("test_a_role_that_others_have_by_the_provider_is_not_given_on_by_who_lacks_it[nobody's role]"),
    ),
    without(
        "who becomes a member",
        "journeys/signin/settings.py",
        "wanted.auto_provision and not before.auto_provision",
        "False",
        _vouched("test_a_role_that_others_have_by_the_provider_is_not_given_on_by_who_lacks_it[the new]"),
    ),
    without(
        "what a domain makes people",
        "journeys/signin/domains.py",
        "        _check_role(call)\n",
        "        pass\n",
        "tests/functions/sso/test_check.py::test_a_domain_makes_nobody_what_who_proves_it_is_not",
    ),
    without(
        "reach of who invited",
        "journeys/enter/invitations.py",
        " or not store.inviter_reaches_all(call.tx, invitation.id)",
        "",
        _vouched("test_an_invitation_ends_with_what_its_maker_may_however_that_ends[projects]"),
    ),
    without(
        "way back",
        _JOURNEY,
        "rules.safe_return(return_to)",
        'return_to or "/"',
        "tests/functions/auth/test_login.py::test_it_leads_back_to_this_server_alone",
    ),
)
