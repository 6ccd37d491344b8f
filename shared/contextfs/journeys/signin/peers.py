"""The provider of an organization, as its settings describe it, and this server as that provider knows it."""

from typing import Final
from uuid import UUID

from contextfs.domain.sso.model import SamlAddresses, Settings
from contextfs.domain.sso.presets import PRESETS
from contextfs.kit.assertion import Known
from contextfs.kit.call import Services
from contextfs.kit.errors import Invalid, Unavailable
from contextfs.kit.identity import IdentityProviders, Peer
from contextfs.kit.saml import SamlPeer, Service

CALLBACK: Final = "/v1/auth/callback"


def providers_of(services: Services) -> IdentityProviders:
    """Give what speaks to identity providers; Unavailable where it is not installed."""
    if services.identity is None:
        raise Unavailable("This server has no single sign-on: pip install 'contextfs-platform[sso]'.")
    return services.identity()


def check(services: Services, org_id: UUID, settings: Settings) -> Known:
    """Look whether an organization's provider can be used; Invalid or Unavailable say what is wrong with it."""
    providers = providers_of(services)
    if speaks_saml(settings):
        return providers.saml.check(saml_peer_of(services, org_id, settings))
    return providers.check(peer_of(settings))


def speaks_saml(settings: Settings) -> bool:
    """Tell whether an organization's provider speaks SAML 2.0."""
    return PRESETS[settings.provider].method == "saml"


def peer_of(settings: Settings) -> Peer:
    """Give the provider that an organization set up; Invalid says what is missing."""
    preset = PRESETS[settings.provider]
    metadata_url = settings.metadata_url or preset.metadata_url
    if metadata_url is None:
        raise Invalid(f"metadata_url is missing: {settings.provider} has one of its own for each customer.")
    if settings.client_id is None:
        raise Invalid("client_id is missing: the provider gave it as you registered this application there.")
    return Peer(
        method=preset.method,
        metadata_url=metadata_url,
        client_id=settings.client_id,
        secret=settings.client_secret,
        scopes=preset.scopes,
    )


def saml_peer_of(services: Services, org_id: UUID, settings: Settings) -> SamlPeer:
    """Give the SAML provider that an organization set up, and who it knows us as."""
    service = service_of(services, org_id, settings)
    return SamlPeer(metadata_url=settings.metadata_url, metadata_xml=settings.metadata_xml, service=service)


def service_of(services: Services, org_id: UUID, settings: Settings) -> Service:
    """Give this server as an organization's SAML provider knows it; Invalid before SAML was chosen."""
    if settings.saml_certificate is None or settings.saml_key is None:
        raise Invalid("The organization has no key for SAML yet: set its provider to saml.", where="$.provider")
    places = addresses_of(services, org_id)
    return Service(
        entity_id=places.entity_id,
        consumer=places.acs_url,
        logout=places.logout_url,
        certificate=settings.saml_certificate,
        key=settings.saml_key,
    )


def addresses_of(services: Services, org_id: UUID) -> SamlAddresses:
    """Give the addresses that an organization's SAML provider has to know; its metadata is also our name there."""
    root = f"{services.public_url}/v1/saml/{org_id}"
    metadata = f"{root}/metadata"
    return SamlAddresses(entity_id=metadata, metadata_url=metadata, acs_url=f"{root}/acs", logout_url=f"{root}/logout")


def redirect_uri(services: Services) -> str:
    """Give the address that an OpenID provider sends browsers back to."""
    return services.public_url + CALLBACK
