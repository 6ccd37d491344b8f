"""A real identity provider: pysaml2, which signs and encrypts by libxmlsec. What it says can be changed before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.contextfs.adapters.identity.saml.foreign import config, etree, metadata, saml, saml2, server
from tests.contextfs.adapters.identity.saml.libxmlsec import NAMES, LibXmlSec, add_template, encrypt, sign

Change = Callable[[Any], None]

_TEMPORARY = TemporaryDirectory(prefix="contextfs-saml-", ignore_cleanup_errors=True)
_FOLDER = Path(_TEMPORARY.name)
_AUTHN = {"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "authn_auth": "test"}


@cache
def key_pair(name: str, bits: int = 2048) -> tuple[str, str]:
    """Make a key and its certificate; gives their files."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    certificate = (
        builder.not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    files = _FOLDER / f"{name}.key", _FOLDER / f"{name}.pem"
    files[0].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files[1].write_bytes(certificate.public_bytes(Encoding.PEM))
    return str(files[0]), str(files[1])


class IdentityProvider:
    """Signs people in. `person` is who it says that signs in."""

    def __init__(self, service: str, *, name: str = "idp", signer: str | None = None, root: str | None = None) -> None:
        """Set it up with our metadata, as an administrator does."""
        root = root or f"https://{name}.example"
        self.entity_id, self.sign_in, self.logout = f"{root}/metadata", f"{root}/sso", f"{root}/slo"
        self.key_file, self.certificate_file = key_pair(signer or name)
        self.person: dict[str, Any] = {"email": "ann@acme.example", "displayName": "Ann", "groups": ["Staff"]}
        self.name_id = saml.NameID(format=saml.NAMEID_FORMAT_PERSISTENT, text="ann-4711")
        endpoints = {
            "single_sign_on_service": [(self.sign_in, saml2.BINDING_HTTP_REDIRECT)],
            "single_logout_service": [
                (self.logout, saml2.BINDING_HTTP_REDIRECT),
                (f"{self.logout}/post", saml2.BINDING_HTTP_POST),
            ],
        }
        configuration = {
            "entityid": self.entity_id,
            "service": {"idp": {"endpoints": endpoints, "policy": {"default": {"lifetime": {"minutes": 15}}}}},
            "key_file": self.key_file,
            "cert_file": self.certificate_file,
            "metadata": {"inline": [service]},
            "crypto_backend": "XMLSecurity",
        }
        self._configuration = config.IdPConfig().load(configuration)
        self.server: Any = server.Server(config=self._configuration)
        self.crypto = LibXmlSec()
        self.server.sec.crypto = self.crypto

    @property
    def metadata(self) -> str:
        """What it publishes of itself."""
        return str(metadata.entity_descriptor(self._configuration))

    def respond(
        self,
        answers: str | None,
        consumer: str,
        audience: str,
        *,
        signs: str = "assertion",
        encrypts: str | None = None,
        change: Change | None = None,
        signature: str = "rsa-sha256",
        digest: str = "sha256",
    ) -> bytes:
        """Say who somebody is; `signs` names what is signed: assertion, response, both or nothing.

        Without `change` all is pysaml2's own; with it, what pysaml2 wrote is changed, and then signed and encrypted.
        """
        self.crypto.cipher = encrypts or self.crypto.cipher
        own = change is None
        told = self.server.create_authn_response(
            identity=self.person,
            in_response_to=answers,
            destination=consumer,
            sp_entity_id=audience,
            name_id=self.name_id,
            authn=_AUTHN,
            sign_assertion=own and signs in {"assertion", "both"},
            sign_response=own and signs in {"response", "both"},
            encrypt_assertion=own and encrypts is not None,
            sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
        )
        if change is None:
            return str(told).encode()
        root = etree.fromstring(str(told).encode())
        change(root)
        if signs in {"assertion", "both"}:
            self.sign(root.find(".//a:Assertion", NAMES), signature, digest)
        if encrypts is not None:
            encrypt(root, self.service_certificate, encrypts)
        if signs in {"response", "both"}:
            self.sign(root, signature, digest)
        return etree.tostring(root)

    def sign(self, element: Any, signature: str = "rsa-sha256", digest: str = "sha256") -> None:
        """Sign an element where it stands."""
        add_template(element, signature, digest)
        sign(element.getroottree().getroot(), element.get("ID"), self.key_file)

    @property
    def service_certificate(self) -> str:
        """The file of the certificate that our metadata has for encryption."""
        (entity_id,) = self.server.metadata.keys()
        (_, text) = self.server.metadata.certs(entity_id, "any", "encryption")[0]
        file = _FOLDER / "service.pem"
        file.write_text(f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n", encoding="ascii")
        return str(file)
