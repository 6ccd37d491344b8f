"""What the server tells of itself to programs that want a credential (RFC 8414), and what `/mcp` needs (RFC 9728)."""

from typing import Any, Final

from contextfs.runtime.oauth.devices import GRANT as DEVICE
from contextfs.runtime.oauth.exchange import GRANT as EXCHANGE

SCOPES: Final = ("projects:read", "sessions:read", "memories:read", "memories:write")
"""The permissions that the tools of `/mcp` use."""
RESOURCE_METADATA: Final = "/.well-known/oauth-protected-resource"


def resource_of(public_url: str) -> str:
    """Give the address that tokens of programs are for (RFC 8707)."""
    return f"{public_url}/mcp"


def challenge(public_url: str) -> str:
    """Give the header WWW-Authenticate of `/mcp`: where a program learns how to get a token."""
    where = f"{public_url}{RESOURCE_METADATA}/mcp"
    return f'Bearer realm="contextfs", resource_metadata="{where}", scope="{" ".join(SCOPES)}"'


def resource_metadata(public_url: str) -> dict[str, Any]:
    """Describe the resource."""
    return {
        "resource": resource_of(public_url),
        "authorization_servers": [public_url],
        "scopes_supported": list(SCOPES),
        "bearer_methods_supported": ["header"],
        "resource_name": "ContextFS",
    }


def server_metadata(public_url: str) -> dict[str, Any]:
    """Describe the authorization server."""
    return {
        "issuer": public_url,
        "authorization_endpoint": f"{public_url}/oauth/authorize",
        "token_endpoint": f"{public_url}/oauth/token",
        "registration_endpoint": f"{public_url}/oauth/register",
        "device_authorization_endpoint": f"{public_url}/oauth/device_authorization",
        "revocation_endpoint": f"{public_url}/oauth/revoke",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", DEVICE, EXCHANGE],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "client_id_metadata_document_supported": True,
        "authorization_response_iss_parameter_supported": True,
    }
