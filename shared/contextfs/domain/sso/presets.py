"""What is known of each provider beforehand: where it is, what it calls things, and what has to be asked for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from contextfs.domain.sso.model import Provider
from contextfs.kit.identity import Method

GITHUB: Final = "https://github.com"


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """Under which names a provider usually tells things; the first that is there counts."""

    email: tuple[str, ...] = ("email",)
    name: tuple[str, ...] = ("name",)
    groups: tuple[str, ...] = ("groups",)


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's ways. Without `metadata_url` each customer has their own."""

    method: Method = "oidc"
    metadata_url: str | None = None
    scopes: str = "openid email profile"
    names: Names = Names()


_CLAIMS: Final = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
_MICROSOFT: Final = "http://schemas.microsoft.com"
_SAML: Final = Names(
    email=("email", "mail", "emailAddress", "urn:oid:0.9.2342.19200300.100.1.3", f"{_CLAIMS}/emailaddress", "NameID"),
    name=(
        *("displayName", "name", "urn:oid:2.16.840.1.113730.3.1.241", "cn"),
        *(f"{_MICROSOFT}/identity/claims/displayname", f"{_CLAIMS}/name"),
    ),
    groups=(
        "groups",
        "memberOf",
        "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
        f"{_MICROSOFT}/ws/2008/06/identity/claims/groups",
    ),
)
"""As inetOrgPerson and eduPerson name them, and as Okta, Entra ID, AD FS, Google and Keycloak send them."""

PRESETS: Mapping[Provider, Preset] = MappingProxyType(
    {
        "google": Preset(metadata_url="https://accounts.google.com"),
        # GitHub is no OpenID provider: it speaks plain OAuth 2.0, and tells of people by its API.
        "github": Preset(method="oauth", metadata_url=GITHUB, scopes="read:user user:email read:org"),
        "okta": Preset(scopes="openid email profile groups"),
        # Groups are ids of objects; the token names them once `groupMembershipClaims` is set.
        "entra": Preset(names=Names(email=("email", "preferred_username"))),
        "auth0": Preset(),  # groups: a claim of one's own, named by an address, in `attribute_mapping`
        "cognito": Preset(names=Names(groups=("cognito:groups",))),
        "generic": Preset(),
        "saml": Preset(method="saml", names=_SAML),
    }
)
