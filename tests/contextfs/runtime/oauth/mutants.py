"""Each check of a program that is let in, taken out; beside it the test that has to notice."""

from tests.mutation import Unchecked, never, without

_PAGE, _CLIENTS = "runtime/oauth/authorizing.py", "runtime/oauth/clients.py"
_GRANTS, _RULES, _CALLER = "journeys/signin/grants.py", "domain/grants/rules.py", "runtime/callers/grant.py"


def _grants(name: str) -> str:
    return f"tests/contextfs/runtime/oauth/test_grants.py::{name}"


def _pages(name: str) -> str:
    return f"tests/contextfs/runtime/oauth/test_pages.py::{name}"


def _hosted(name: str) -> str:
    return f"tests/contextfs/runtime/oauth/test_hosted.py::{name}"


_HOSTED, _SERVICE = "journeys/signin/hosted.py", "journeys/signin/service.py"
_PAGES = "runtime/oauth/hosted.py"
_WRONG = _grants("test_what_is_asked_wrong_is_told_to_the_program")
_STOLEN = _grants("test_a_code_is_good_for_who_asked_alone_and_is_over_after_that")

MUTANTS: tuple[Unchecked, ...] = (
    without("PKCE by S256", _PAGE, 'fields.get("code_challenge_method") != "S256" or ', "", _WRONG),
    without("PKCE at all", _PAGE, ' or not _CHALLENGE.fullmatch(fields.get("code_challenge", ""))', "", _WRONG),
    never("resource that is asked for", _PAGE, 'resource.rstrip("/") != resource_of(services.public_url)', _WRONG),
    never("scopes for programs", _PAGE, "unknown", _WRONG),
    never(
        "address of the program's own",
        _PAGE,
        "not client.takes(redirect_uri)",
        _grants("test_nobody_is_sent_where_the_program_did_not_say"),
    ),
    without(
        "signs that no name of a server has",
        _CLIENTS,
        'bool(_HOST.fullmatch(parts.hostname or ""))',
        "bool(parts.hostname)",
        _grants("test_a_program_whose_answers_could_go_anywhere_is_not_registered"),
    ),
    without(
        "a scheme of one's own names no server",
        _PAGE,
        "place.netloc if is_web else",
        "place.netloc or",
        _grants("test_what_stands_behind_a_programs_own_scheme_is_not_shown_as_a_server"),
    ),
    without("verifier", _GRANTS, ' and rules.proves(verifier, row["challenge"])', "", f"{_STOLEN}[wrong verifier]"),
    without("form of a verifier", _RULES, "return hmac.compare_digest(made, challenge)", "return True", _STOLEN),
    without(
        "client and address of a code",
        _GRANTS,
        ' and (row["client_id"], row["redirect_uri"]) == (client_id, redirect_uri)',
        "",
        _STOLEN,
    ),
    without(
        "a code is good once",
        _GRANTS,
        'row["redeemed_at"] is None',
        "True",
        _grants("test_a_code_that_comes_twice_ends_what_came_of_it"),
    ),
    without(
        "time of a code",
        _GRANTS,
        ' and row["code_expires_at"] > call.now',
        "",
        _grants("test_a_code_is_over_after_a_minute"),
    ),
    without(
        "a copy of a refresh token",
        _GRANTS,
        ' and (row["is_current"] or row["rotated_at"] > call.now - rules.GRACE)',
        "",
        _grants("test_refresh_tokens_change_and_a_copy_ends_the_grant"),
    ),
    without(
        "client of a refresh token",
        _GRANTS,
        ' and row["client_id"] == client_id',
        "",
        _grants("test_a_refresh_token_is_its_clients_alone"),
    ),
    never(
        "audience of a token",
        _CALLER,
        'row["audience"] != f"{self.public_url}{request.resource}" or not request.resource',
        _grants("test_a_token_is_good_at_mcp_alone"),
    ),
    never(
        "seal of a registration",
        _CLIENTS,
        "not is_by_any(services.key_pepper, _PURPOSE + content, sealed)",
        _grants("test_a_registration_cannot_be_made_up"),
    ),
    without(
        "what was sealed before it was refused",
        _CLIENTS,
        "            _check(uri)\n    except Refused",
        "            pass\n    except Refused",
        _grants("test_what_was_registered_before_it_was_refused_leads_nowhere"),
    ),
    never(
        "metadata names its own address",
        _CLIENTS,
        "told.client_id != client_id",
        _grants("test_what_does_not_name_itself_is_no_metadata"),
    ),
    never(
        "a page of ours decides",
        _PAGE,
        "not browser.comes_from_here() or not browser.sent_by(me, fields)",
        _grants("test_another_sites_page_decides_nothing"),
    ),
    never(
        "a page of ours makes members",
        "runtime/oauth/joining.py",
        "not browser.comes_from_here()",
        _pages("test_another_sites_page_makes_nobody_a_member"),
    ),
    without(
        "a page of ours signs out",
        "runtime/oauth/signing_in.py",
        '{"x-csrf-token": fields.get("csrf", "")}',
        '{"x-csrf-token": (me.csrf_token if (me := browser.me()) else "") or ""}',
        _pages("test_another_sites_page_signs_nobody_out"),
    ),
    without(
        "browsers say where our forms come from",
        "runtime/oauth/pages.py",
        '"referrer-policy": "same-origin"',
        '"referrer-policy": "no-referrer"',
        _pages("test_browsers_tell_us_where_our_own_forms_come_from"),
    ),
    without(
        "service: the browser that asked",
        _HOSTED,
        " and hmac.compare_digest(tied.state.encode(), state.encode())",
        "",
        _hosted("test_an_answer_is_good_in_the_browser_that_asked_once"),
    ),
    without(
        "service: time of a sign-in",
        _HOSTED,
        " or tied.until <= call.now",
        "",
        _hosted("test_what_the_cookie_says_is_signed_and_ends"),
    ),
    never(
        "service: a cookie of ours",
        _HOSTED,
        "not hmac.compare_digest(_mac(services, text).encode(), mac.encode())",
        _hosted("test_what_the_cookie_says_is_signed_and_ends"),
    ),
    without(
        "service: the verifier is of this sign-in",
        _HOSTED,
        'verifier=derived("verifier")',
        'verifier="x" * 43',
        _hosted("test_a_code_of_another_sign_in_is_of_no_use"),
    ),
    without(
        "service: an address of its own",
        _HOSTED,
        "back = services.public_url + CALLBACK",
        'back = services.public_url + "/v1/auth/callback"',
        _hosted("test_a_member_is_signed_in_at_the_services_pages"),
    ),
    without(
        "service: way back",
        _HOSTED,
        "rules.safe_return(return_to)",
        'return_to or "/"',
        _hosted("test_it_leads_back_to_this_server_alone"),
    ),
    without(
        "service: who takes an organization on is asked",
        _HOSTED,
        "if name is None:",
        "if True:",
        _hosted("test_who_takes_an_organization_on_is_asked_first_and_no_more_after_that"),
    ),
    without(
        "service: what is theirs is not asked for",
        _SERVICE,
        "org_id in store.organizations_of_person(inside.tx, who.issuer, who.subject, who.email)",
        "False",
        _hosted("test_who_takes_an_organization_on_is_asked_first_and_no_more_after_that"),
    ),
    without(
        "service: a page of ours answers",
        _PAGES,
        "not browser.comes_from_here() or ",
        "",
        _hosted("test_another_sites_page_signs_nobody_in_to_its_organization"),
    ),
    without(
        "service: a sign-in under way goes on",
        _PAGES,
        "    if not hosted.is_begun(call, state):  # what it did begin goes on, whoever led it here\n",
        "    browser.keep(cookies.forget(cookies.BINDER, browser.public_url))\n"
        "    if not hosted.is_begun(call, state):\n",
        _hosted("test_a_link_to_where_it_comes_back_ends_no_sign_in_under_way"),
    ),
    never(
        "service: an ID token of the pool",
        "adapters/clouds/aws/sign_in.py",
        'assertion.attributes.get("token_use") != "id"',
        _hosted("test_of_a_pool_of_cognito_an_id_token_alone_is_taken"),
    ),
)
