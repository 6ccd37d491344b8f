"""An assertion that is signed well, and wrong: it is refused for what it says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contextfs.adapters.identity.saml.changes import adds, doubles, drops, says, sets
from tests.contextfs.adapters.identity.saml.conftest import AUDIENCE, CONSUMER, Organization
from tests.contextfs.adapters.identity.saml.idp import Change
from tests.contextfs.adapters.identity.saml.libxmlsec import NAMES

DATA, BEARER = ".//a:SubjectConfirmationData", ".//a:SubjectConfirmation"
AUDIENCES, CONDITIONS, NAME = ".//a:AudienceRestriction", ".//a:Conditions", ".//a:NameID"


def moment(**ago: float) -> str:
    """Write a time of the past, or with less than nothing of the future."""
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def of_another_format(form: str) -> Change:
    return sets(NAME, "Format", f"urn:oasis:names:tc:SAML:2.0:nameid-format:{form}")


LIES: dict[str, tuple[Change, str]] = {
    "another issuer": (says("a:Assertion/a:Issuer", "https://evil.example"), "another provider issued its assertion"),
    "no issuer": (drops("a:Assertion/a:Issuer"), "0 times Issuer"),
    "another issuer of the response": (says("a:Issuer", "https://evil.example"), "another provider issued it"),
    "another audience": (says(".//a:Audience", "https://other.example"), "it is for somebody else"),
    "a longer audience": (says(".//a:Audience", AUDIENCE + "/more"), "it is for somebody else"),
    "no audience": (drops(AUDIENCES), "whom it is for"),
    "no conditions": (drops(CONDITIONS), "0 times Conditions"),
    "conditions twice": (doubles(CONDITIONS), "2 times Conditions"),
    "an unknown condition": (adds(CONDITIONS, f"{{{NAMES['a']}}}Condition"), "a condition that is not known"),
    "conditions of yesterday": (sets(CONDITIONS, "NotOnOrAfter", moment(days=1)), "it has expired"),
    "conditions of tomorrow": (sets(CONDITIONS, "NotBefore", moment(days=-1)), "not valid yet"),
    "another recipient": (sets(DATA, "Recipient", "https://evil.example/acs"), "to another recipient"),
    "a longer recipient": (sets(DATA, "Recipient", CONSUMER + "/more"), "to another recipient"),
    "no recipient": (drops(DATA, "Recipient"), "to another recipient"),
    "a confirmation of yesterday": (sets(DATA, "NotOnOrAfter", moment(days=1)), "its confirmation has expired"),
    "a confirmation without an end": (drops(DATA, "NotOnOrAfter"), "until when it is good"),
    "a confirmation with a beginning": (sets(DATA, "NotBefore", moment(days=1)), "until when it is good"),
    "no confirmation": (drops(BEARER), "0 bearer confirmations"),
    "another confirmation": (
        sets(BEARER, "Method", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"),
        "0 bearer confirmations",
    ),
    "two confirmations": (doubles(BEARER), "2 bearer confirmations"),
    "an answer to another request": (sets(DATA, "InResponseTo", "other"), "answer different requests"),
    "a response to another request": (sets(".", "InResponseTo", "other"), "answer different requests"),
    "an answer to none": (drops(DATA, "InResponseTo"), "answer different requests"),
    "another destination": (sets(".", "Destination", "https://evil.example/acs"), "it is for another address"),
    "a longer destination": (sets(".", "Destination", CONSUMER + "/more"), "it is for another address"),
    "no time": (drops("a:Assertion", "IssueInstant"), "not of this time"),
    "a time to come": (sets("a:Assertion", "IssueInstant", moment(days=-1)), "not of this time"),
    "a response to come": (sets(".", "IssueInstant", moment(days=-1)), "it is of another time"),
    "no time at all": (sets("a:Assertion", "IssueInstant", "soon"), "not a time in UTC"),
    "a time elsewhere": (sets("a:Assertion", "IssueInstant", "2026-01-01T00:00:00+02:00"), "not a time in UTC"),
    "a day that is none": (sets("a:Assertion", "IssueInstant", "2026-02-31T00:00:00Z"), "is not a time"),
    "no sign-in": (drops(".//a:AuthnStatement"), "0 times AuthnStatement"),
    "a sign-in to come": (sets(".//a:AuthnStatement", "AuthnInstant", moment(days=-1)), "when the person signed in"),
    "a session that is over": (sets(".//a:AuthnStatement", "SessionNotOnOrAfter", moment(days=1)), "session is over"),
    "no subject": (drops(".//a:Subject"), "0 times Subject"),
    "no name": (drops(NAME), "0 times NameID"),
    "two names": (doubles(NAME), "2 times NameID"),
    "an empty name": (says(NAME, " "), "it names nobody"),
    "a name without end": (says(NAME, "x" * 300), "it names nobody"),
    "a name with parts": (adds(NAME, "b"), "NameID holds more than a text"),
    "another name each time": (of_another_format("transient"), "let the provider send a persistent NameID"),
    "SAML 1.1": (sets("a:Assertion", "Version", "1.1"), "its assertion is not SAML 2.0"),
    "a response of SAML 1.1": (sets(".", "Version", "1.1"), "it is not SAML 2.0"),
    "a failure": (
        sets("p:Status/p:StatusCode", "Value", "urn:oasis:names:tc:SAML:2.0:status:Responder"),
        "the provider answers Responder",
    ),
    "no status": (drops("p:Status"), "0 times Status"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_signed_lie_is_refused(lie: str, organization: Organization) -> None:
    change, reason = LIES[lie]

    assert reason in organization.refusal(organization.respond(change))


def test_each_restriction_has_to_name_us(organization: Organization) -> None:
    def restrict(root: Any) -> None:
        doubles(AUDIENCES)(root)
        says(".//a:AudienceRestriction[2]/a:Audience", "https://other.example")(root)

    assert "it is for somebody else" in organization.refusal(organization.respond(restrict))


def test_one_of_many_audiences_is_enough(organization: Organization) -> None:
    def widen(root: Any) -> None:
        doubles(".//a:Audience")(root)
        says(".//a:Audience", "https://other.example")(root)

    assert organization.believe(organization.respond(widen)).assertion.subject == "ann-4711"


def test_a_signed_response_has_to_say_where_it_goes(organization: Organization) -> None:
    without = drops(".", "Destination")

    assert "it is for another address" in organization.refusal(organization.respond(without, signs="response"))
    assert organization.believe(organization.respond(without, signs="assertion")).assertion.subject == "ann-4711"


@pytest.mark.parametrize(("minutes", "reason"), [(14.5, None), (15.9, None), (17, "expired"), (-0.9, None)])
def test_clocks_may_differ_by_a_minute(minutes: float, reason: str | None, organization: Organization) -> None:
    response = organization.respond()
    organization.passed = timedelta(minutes=minutes)
    try:
        refused = organization.refusal(response) if reason else organization.believe(response) and None
    finally:
        organization.passed = timedelta(0)

    assert reason is None or (refused and reason in refused)


def test_what_the_provider_says_unasked_answers_nothing(organization: Organization) -> None:
    def unasked(root: Any) -> None:
        drops(".", "InResponseTo")(root)
        drops(DATA, "InResponseTo")(root)

    assert organization.believe(organization.respond(unasked)).answers is None
