"""Authorities that nobody else knows, the certificates that they vouch for, and how a server shows one."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NOW = datetime.now(UTC)


def certificate(
    name: str, by: x509.Certificate | None = None, key_of: ec.EllipticCurvePrivateKey | None = None
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Make an authority's certificate, or one that an authority vouches for: it has a name, and no host."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject if by is None else by.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(hours=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if by is None:
        usage = dict.fromkeys(("digital_signature", "key_cert_sign", "crl_sign"), True)
        others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
        usage |= dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
        made = made.add_extension(x509.KeyUsage(**usage), critical=True)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    else:
        made = made.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()),  # pyright: ignore[reportArgumentType]
            critical=False,
        )
    return made.sign(key if key_of is None else key_of, hashes.SHA256()), key


def pem(made: x509.Certificate) -> str:
    """Write a certificate as text."""
    return made.public_bytes(serialization.Encoding.PEM).decode()


def shown(made: x509.Certificate, key: ec.EllipticCurvePrivateKey, folder: Path) -> ssl.SSLContext:
    """Give a server its certificate and key, by a file in a folder of the test."""
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / f"{made.serial_number}.pem"
    file.write_bytes(key.private_bytes(*form, serialization.NoEncryption()) + pem(made).encode())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
