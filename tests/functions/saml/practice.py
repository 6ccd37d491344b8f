"""A SAML provider to practise with, on this machine: docs/guides/sso.md uses it. It signs in whoever it is told to.

`python -m tests.functions.saml.practice METADATA_URL ADDRESS RECORD` takes our metadata's address, the address of the
person who signs in, and the TXT record that proves its domain: it is that domain's DNS server, too.
"""

import base64
import html
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.contextfs.adapters.identity.saml.foreign import saml, saml2
from tests.contextfs.adapters.identity.saml.idp import IdentityProvider
from tests.functions.sso.nameserver import Dns

HTTP, DNS = 8600, 8601
_PAGE = """<!doctype html><title>Practice provider</title><p>Signing in {address} …</p>
<form method="post" action="{action}"><input type="hidden" name="SAMLResponse" value="{response}">
<noscript><button>Go on</button></noscript></form><script>document.forms[0].submit()</script>"""


def page(idp: IdentityProvider, query: str, address: str) -> str:
    """Answer a request as a provider does, whose person has agreed: by a form that sends itself."""
    (content,) = parse_qs(query)["SAMLRequest"]
    request = idp.server.parse_authn_request(content, saml2.BINDING_HTTP_REDIRECT).message
    place = idp.server.response_args(request)
    said = idp.respond(place["in_response_to"], place["destination"], place["sp_entity_id"], encrypts="aes256-gcm")
    fields = {"address": address, "action": place["destination"], "response": base64.b64encode(said).decode()}
    return _PAGE.format_map({name: html.escape(value) for name, value in fields.items()})


def serve(metadata_url: str, address: str, record: str) -> ThreadingHTTPServer:
    """Make the provider, and the DNS of the address's domain."""
    idp = IdentityProvider(httpx2.get(metadata_url, timeout=60).text, root=f"http://127.0.0.1:{HTTP}")
    idp.person, idp.name_id = {"mail": address}, saml.NameID(format=saml.NAMEID_FORMAT_PERSISTENT, text=address)
    Dns(DNS).records[address.rpartition("@")[2]] = [record]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            is_metadata = parts.path == "/metadata"
            body = idp.metadata if is_metadata else page(idp, parts.query, address)
            self.send_response(200)
            self.send_header(
                "content-type", "application/samlmetadata+xml" if is_metadata else "text/html; charset=utf-8"
            )
            self.end_headers()
            self.wfile.write(body.encode())

    return ThreadingHTTPServer(("127.0.0.1", HTTP), Handler)


if __name__ == "__main__":
    listening = serve(*sys.argv[1:4])
    sys.stdout.write(f"Tell the server: ctx admin sso set --metadata-url http://127.0.0.1:{HTTP}/metadata\n")
    sys.stdout.flush()
    listening.serve_forever()
