"""A SAML provider of the victim's, set up by the proof: what others sign, or nobody, opens and ends nothing with it.

Its libraries are loaded here alone: a server without single sign-on has none of this to prove.
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from contextfs.domain.sso import store
from contextfs.domain.sso.model import AttributeMapping, Settings
from contextfs.journeys.signin.peers import addresses_of
from contextfs.kit.call import Services
from contextfs.kit.clock import Clock
from contextfs.kit.errors import Unavailable
from contextfs.kit.ids import uuid7
from contextfs.kit.ports import Transaction
from contextfs.kit.saml import Named, Service
from contextfs.runtime.isolation.model import Check, Party, Victim
from contextfs.runtime.isolation.web import Web, ask

AREA: Final = "SAML"
_PROTOCOL: Final = "urn:oasis:names:tc:SAML:2.0"
_FAILED, _ENDED = 400, 401
_METADATA: Final = (
    '<EntityDescriptor xmlns="{saml}:metadata" entityID="{entity_id}">'
    '<IDPSSODescriptor protocolSupportEnumeration="{saml}:protocol"><KeyDescriptor use="signing">'
    '<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate>'
    '</X509Data></KeyInfo></KeyDescriptor><SingleSignOnService Binding="{saml}:bindings:HTTP-Redirect"'
    ' Location="{entity_id}"/></IDPSSODescriptor></EntityDescriptor>'
)
_RESPONSE: Final = (
    '<samlp:Response xmlns:samlp="{saml}:protocol" xmlns="{saml}:assertion" ID="r" Version="2.0" IssueInstant="{at}"'
    ' Destination="{consumer}"><Issuer>{entity_id}</Issuer>'
    '<samlp:Status><samlp:StatusCode Value="{saml}:status:Success"/></samlp:Status>'
    '<Assertion ID="a" Version="2.0" IssueInstant="{at}"><Issuer>{entity_id}</Issuer>'
    "<Subject><NameID>proof@example.test</NameID></Subject></Assertion></samlp:Response>"
)


class Provider(NamedTuple):
    """A provider: what it calls itself, and the key that it signs by, with its certificate in PEM."""

    entity_id: str
    certificate: str
    key: str


def provider(services: Services, name: str, now: datetime) -> Provider | None:
    """Make a provider; None where this installation has no single sign-on."""
    try:
        saml = services.identity and services.identity().saml
    except (Unavailable, ModuleNotFoundError):
        return None
    return Provider(f"https://{name}.invalid/", *saml.new_key(name, now)) if saml else None


def set_up(tx: Transaction, services: Services, victim: Victim, theirs: Provider, now: datetime) -> None:
    """Let the victim's people sign in by a provider, beside their keys."""
    ours = provider(services, "proof", now)
    certificate = "".join(theirs.certificate.splitlines()[1:-1])
    settings = Settings(
        enabled=True,
        provider="saml",
        metadata_url=None,
        client_id=None,
        client_secret=None,
        attribute_mapping=AttributeMapping(),
        auto_provision=False,
        default_role="viewer",
        group_roles={},
        enforced=False,
        break_glass_user_id=None,
        metadata_xml=_METADATA.format(saml=_PROTOCOL, entity_id=theirs.entity_id, certificate=certificate),
        idp_initiated=True,
        saml_certificate=ours and ours.certificate,
        saml_key=ours and ours.key,
        vouched=None,
        updated_at=now,
    )
    store.put(tx, victim.org_id, settings, store.settings(tx))


def tried(
    web: Web, victim: Victim, login: Party, theirs: Provider, services: Services, clock: Clock
) -> Iterator[Check]:
    """Try to open and to end a login of the victim's with what their provider did not sign; at last it ends it."""
    other = provider(services, f"other-{victim.org_id.hex}", clock())
    if other is None:
        return
    unsigned = _logout(victim, theirs, theirs, services, clock()).partition("&SigAlg=")[0]
    forged = {
        "an end of their login that nobody signed": unsigned,
        "an end of their login that another provider signed in their provider's name": _logout(
            victim, theirs, other, services, clock()
        ),
        "an end of their login that another provider signed": _logout(victim, other, other, services, clock()),
    }
    for subject, path in forged.items():
        yield _check(subject, _refused(web.request("GET", path)) or _gone(web, login))
    path, body = _response(victim, theirs, services, clock())
    form = {"content-type": "application/x-www-form-urlencoded"}
    reply = web.request("POST", path, content=body, headers=form)
    yield _check("an assertion that nobody signed", _refused(reply))
    web.request("GET", _logout(victim, theirs, theirs, services, clock()))
    blind = None if _gone(web, login) else "their provider cannot end it either, so this proves nothing"
    yield _check("their own provider ends their login, so that nothing above is true for want of one", blind)


def _logout(victim: Victim, named: Provider, signer: Provider, services: Services, now: datetime) -> str:
    """Give the path that ends the victim's login, in the name of one provider, signed by one."""
    from contextfs.adapters.identity.saml import messages  # noqa: PLC0415 - lxml, only where SAML is spoken

    place = addresses_of(services, victim.org_id).logout_url
    as_provider = Service(
        entity_id=named.entity_id, consumer="", logout="", certificate=signer.certificate, key=signer.key
    )
    request_id = f"ctxm_{uuid7(now, services.entropy).hex}"
    request = messages.request_of_logout(as_provider, request_id, place, Named(text=victim.mark), None, now)
    address = messages.signed_address(place, "SAMLRequest", request, _private(signer, services))
    return address.removeprefix(services.public_url)


def _private(one: Provider, services: Services) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - as above

    from contextfs.adapters.identity.sealing import Seal  # noqa: PLC0415 - as above

    return load_pem_private_key(Seal(services.key_pepper).unseal(one.key).encode(), None)


def _response(victim: Victim, theirs: Provider, services: Services, now: datetime) -> tuple[str, bytes]:
    """Give the path at which assertions are taken, and a form with one about the victim's owner."""
    consumer = addresses_of(services, victim.org_id).acs_url
    at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = _RESPONSE.format(saml=_PROTOCOL, at=at, consumer=consumer, entity_id=theirs.entity_id)
    form = urlencode({"SAMLResponse": base64.b64encode(text.encode()).decode()}).encode()
    return consumer.removeprefix(services.public_url), form


def _refused(reply: Any) -> str | None:
    if reply.status_code >= _FAILED and "set-cookie" not in reply.headers:
        return None
    return f"it was taken ({reply.status_code})"


def _gone(web: Web, login: Party) -> str | None:
    is_gone = ask(web, login, "GET", "/v1/auth/me").status_code == _ENDED
    return "it ended their login" if is_gone else None


def _check(subject: str, leak: str | None) -> Check:
    return Check(area=AREA, subject=subject, who="nobody", tried=1, leak=leak)
