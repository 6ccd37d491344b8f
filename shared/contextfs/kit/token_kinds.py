"""What each prefix of a token opens. All kinds are named here, and no other can be made (`tokens.py`).

They stand apart from what makes and reads them: redaction, which takes out all of them, runs in every command.
"""

from collections.abc import Mapping
from typing import Final

KINDS: Final[Mapping[str, str]] = {
    "ctxk_live": "key",
    "ctxk_test": "key",
    "ctxi": "invitation",
    "ctxt": "access-token",
    "ctxg": "grant-token",
    "ctxr": "grant-token",
    "ctxa": "grant-code",
    "ctxs": "directory-token",
    "ctxl": "login",
    "ctxd": "device-code",
    "ctxo": "sign-in",
    "ctxw": "webhook-secret",
}
"""What each prefix opens: API keys, invitations, access tokens (`POST /v1/tokens`), access and refresh tokens of
programs that a person let in and the codes for them, tokens of directories (SCIM), logins' cookies, codes of devices,
sign-ins on their way, and secrets that sign webhooks whose senders take any text."""
