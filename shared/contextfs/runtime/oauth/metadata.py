"""What the server tells of itself to programs that want a credential (RFC 8414)."""

from typing import Any

from contextfs.runtime.oauth.devices import GRANT


def server_metadata(public_url: str) -> dict[str, Any]:
    """Describe the authorization server."""
    return {
        "issuer": public_url,
        "token_endpoint": f"{public_url}/oauth/token",
        "device_authorization_endpoint": f"{public_url}/oauth/device_authorization",
        "revocation_endpoint": f"{public_url}/oauth/revoke",
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
    }
