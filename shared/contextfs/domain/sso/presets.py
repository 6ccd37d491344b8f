"""What is known of each provider beforehand: where it is, what it calls things, and what has to be asked for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from contextfs.domain.sso.model import AttributeMapping, Provider
from contextfs.kit.identity import Method

GITHUB: Final = "https://github.com"


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's ways. Without `metadata_url` each customer has their own."""

    method: Method = "oidc"
    metadata_url: str | None = None
    scopes: str = "openid email profile"
    attributes: AttributeMapping = AttributeMapping(email="email", name="name", groups="groups")


PRESETS: Mapping[Provider, Preset] = MappingProxyType(
    {
        "google": Preset(metadata_url="https://accounts.google.com"),
        # GitHub is no OpenID provider: it speaks plain OAuth 2.0, and tells of people by its API.
        "github": Preset(method="oauth", metadata_url=GITHUB, scopes="read:user user:email read:org"),
        "okta": Preset(scopes="openid email profile groups"),
        "entra": Preset(),  # groups are ids of objects; the token names them once `groupMembershipClaims` is set
        "auth0": Preset(),  # groups: a claim of one's own, named by an address, in `attribute_mapping`
        "generic": Preset(),
    }
)
