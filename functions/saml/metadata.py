"""Read this server's SAML metadata."""

from uuid import UUID

from contextfs.journeys.signin import saml
from contextfs.kit.call import OpenCall
from contextfs.runtime.http.message import HttpResponse
from contextfs.runtime.table import SAML_METADATA


def handle(call: OpenCall, organization: UUID) -> HttpResponse:
    """Return the metadata that an organization's SAML provider needs: this server's names, addresses, certificates."""
    headers = {"content-type": SAML_METADATA}
    return HttpResponse(status=200, body=saml.describe(call, organization), headers=headers)
