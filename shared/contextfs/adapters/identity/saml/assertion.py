"""What an assertion has to say to sign somebody in (SAML 2.0 core, 2.3 to 2.7; profiles, 4.1.4), and what it says."""

from datetime import datetime
from typing import Any, Final

from contextfs.adapters.identity.saml.response import SKEW, Response
from contextfs.adapters.identity.saml.xml import ASSERTION, Element, Malformed, maybe, moment, text_of, the
from contextfs.kit.assertion import Assertion
from contextfs.kit.saml import Believed, Named

_BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_FORMATS: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
NAME_ID: Final = "NameID"
"""Under which name the attributes hold what the provider calls a person."""
_KNOWN_CONDITIONS: Final = frozenset(
    f"{ASSERTION}{name}" for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")
)
_LONGEST_NAME: Final = 255
_XSI_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def believed(response: Response, issuer: str, audience: str, consumer: str, now: datetime) -> Believed:
    """Read an assertion that was signed; Malformed when it is not for us, not of now, or of somebody else."""
    assertion = response.assertion
    if assertion.get("Version") != "2.0" or not assertion.get("ID"):
        raise Malformed("its assertion is not SAML 2.0")
    if text_of(the(assertion, f"{ASSERTION}Issuer")) != issuer:
        raise Malformed("another provider issued its assertion")
    issued = moment(assertion, "IssueInstant")
    if issued is None or issued - SKEW > now:
        raise Malformed("its assertion is not of this time: compare the clocks")
    _check_conditions(the(assertion, f"{ASSERTION}Conditions"), audience, now)
    subject = the(assertion, f"{ASSERTION}Subject")
    name = named(the(subject, f"{ASSERTION}NameID"))
    answers, good_until = _confirmed(subject, consumer, now)
    if response.answers != answers:
        raise Malformed("its parts answer different requests")
    index, ends = _session(assertion, now)
    attributes = _attributes(assertion) | {NAME_ID: name.text}
    return Believed(
        assertion=Assertion(issuer=issuer, subject=name.text, attributes=attributes),
        id=assertion.get("ID"),
        answers=answers,
        good_until=good_until,
        name=name,
        session_index=index,
        session_ends=ends,
    )


def named(element: Element) -> Named:
    """Read how a provider names a person; a name that is another each time is refused."""
    text, form = text_of(element), element.get("Format")
    if not 0 < len(text) <= _LONGEST_NAME:
        raise Malformed("it names nobody")
    if form == f"{_FORMATS}transient":
        raise Malformed("it names people anew each time (transient): let the provider send a persistent NameID")
    return Named(
        text=text, format=form, qualifier=element.get("NameQualifier"), sp_qualifier=element.get("SPNameQualifier")
    )


def _check_conditions(conditions: Element, audience: str, now: datetime) -> None:
    if not {one.tag for one in conditions} <= _KNOWN_CONDITIONS:
        raise Malformed("it has a condition that is not known here")
    begins, ends = moment(conditions, "NotBefore"), moment(conditions, "NotOnOrAfter")
    if begins is not None and begins - SKEW > now:
        raise Malformed("it is not valid yet: compare the clocks")
    if ends is not None and ends + SKEW <= now:
        raise Malformed("it has expired")
    restrictions = conditions.findall(f"{ASSERTION}AudienceRestriction")
    for restriction in restrictions:
        if audience not in [text_of(one) for one in restriction.findall(f"{ASSERTION}Audience")]:
            raise Malformed("it is for somebody else")
    if not restrictions:
        raise Malformed("it does not say whom it is for")


def _confirmed(subject: Element, consumer: str, now: datetime) -> tuple[str | None, datetime]:
    """Find that the bearer is who is meant; gives the request that is answered, and how long the proof is good."""
    proofs = [one for one in subject.findall(f"{ASSERTION}SubjectConfirmation") if one.get("Method") == _BEARER]
    if len(proofs) != 1:
        raise Malformed(f"it has {len(proofs)} bearer confirmations, and not one")
    data = the(proofs[0], f"{ASSERTION}SubjectConfirmationData")
    if data.get("Recipient") != consumer:
        raise Malformed("its subject was confirmed to another recipient")
    ends = moment(data, "NotOnOrAfter")
    if ends is None or data.get("NotBefore") is not None:
        raise Malformed("its confirmation does not say until when it is good")
    if ends + SKEW <= now:
        raise Malformed("its confirmation has expired")
    return data.get("InResponseTo"), ends + SKEW


def _session(assertion: Element, now: datetime) -> tuple[str | None, datetime | None]:
    statement = the(assertion, f"{ASSERTION}AuthnStatement")
    at, ends = moment(statement, "AuthnInstant"), moment(statement, "SessionNotOnOrAfter")
    if at is None or at - SKEW > now:
        raise Malformed("it does not say when the person signed in")
    if ends is not None and ends <= now:
        raise Malformed("the provider's session is over")
    index = statement.get("SessionIndex")
    return (index[:1000] if index else None), ends


def _attributes(assertion: Element) -> dict[str, Any]:
    """Read attributes by their names, and by their friendly names where nothing else has these."""
    by_name: dict[str, list[str]] = {}
    by_friendly: dict[str, list[str]] = {}
    statement = maybe(assertion, f"{ASSERTION}AttributeStatement")
    attributes: list[Element] = [] if statement is None else statement.findall(f"{ASSERTION}Attribute")
    for attribute in attributes:
        values: list[Element] = attribute.findall(f"{ASSERTION}AttributeValue")
        texts = [text_of(one) for one in values if not len(one) and one.get(_XSI_NIL) not in {"true", "1"}]
        by_name.setdefault(str(attribute.get("Name")), []).extend(texts)
        if attribute.get("FriendlyName"):
            by_friendly.setdefault(str(attribute.get("FriendlyName")), []).extend(texts)
    return {name: texts[0] if len(texts) == 1 else texts for name, texts in (by_friendly | by_name).items() if texts}
