"""Decrypts assertions (XML Encryption 1.1): AES-GCM, and AES-CBC where a signature covers it; keys by RSA-OAEP.

CBC says nothing of whether it was changed, so that who may try often reads what is encrypted (Jager and Somorovsky,
2011): it is decrypted only after a signature over it was found good. RSA 1.5 is not, for the same reason
(Bleichenbacher, 1998). Whatever fails after the key was tried is one failure.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contextfs.adapters.identity.saml.xml import ENCRYPTION, ENCRYPTION_11, SIGNATURE, Element, Malformed, text_of, the

_XMLENC: Final = "http://www.w3.org/2001/04/xmlenc#"
_XMLENC_11: Final = "http://www.w3.org/2009/xmlenc11#"
GCM: Final = {f"{_XMLENC_11}aes{bits}-gcm": bits // 8 for bits in (128, 192, 256)}
_CBC: Final = {f"{_XMLENC}aes{bits}-cbc": bits // 8 for bits in (128, 192, 256)}
OAEP: Final = (f"{_XMLENC}rsa-oaep-mgf1p", f"{_XMLENC_11}rsa-oaep")
_SHA1: Final = hashes.SHA1  # noqa: S303 - in OAEP it is no weakness (RFC 8017, B.1), and what is meant by default
_DIGESTS: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    "http://www.w3.org/2000/09/xmldsig#sha1": _SHA1,
    f"{_XMLENC}sha256": hashes.SHA256,
    f"{_XMLENC}sha512": hashes.SHA512,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
}
_MASKS: Final[Mapping[str, type[hashes.HashAlgorithm]]] = {
    f"{_XMLENC_11}mgf1sha1": _SHA1,
    f"{_XMLENC_11}mgf1sha256": hashes.SHA256,
    f"{_XMLENC_11}mgf1sha384": hashes.SHA384,
    f"{_XMLENC_11}mgf1sha512": hashes.SHA512,
}
_BLOCK: Final = 16
_UNREADABLE: Final = "it cannot be decrypted by this organization's key: let the provider read our metadata anew"


def decrypted(encrypted: Element, key: rsa.RSAPrivateKey, *, is_signed: bool) -> bytes:
    """Give what an EncryptedAssertion holds; Malformed when it cannot be read, or is not safe to be read."""
    data = the(encrypted, f"{ENCRYPTION}EncryptedData")
    algorithm = the(data, f"{ENCRYPTION}EncryptionMethod").get("Algorithm")
    if algorithm in _CBC and not is_signed:
        raise Malformed("it is encrypted by AES-CBC and the response is not signed: encrypt by AES-GCM, or sign it")
    size = (GCM | _CBC).get(str(algorithm))
    if size is None:
        raise Malformed("it is encrypted by an algorithm that is not accepted: AES-GCM is")
    keys = list(encrypted.iter(f"{ENCRYPTION}EncryptedKey"))
    if len(keys) != 1:
        raise Malformed(f"it has {len(keys)} encrypted keys, and not one")
    way = _way(keys[0])
    wrapped, sealed = _cipher(keys[0]), _cipher(data)
    try:
        content_key = key.decrypt(wrapped, way)
        text = _gcm(content_key, sealed) if algorithm in GCM else _cbc(content_key, sealed)
    except (ValueError, InvalidTag):
        content_key, text = b"", b""
    if len(content_key) != size:
        raise Malformed(_UNREADABLE)
    return text


def _way(encrypted_key: Element) -> padding.OAEP:
    """Read how the key is encrypted."""
    method = the(encrypted_key, f"{ENCRYPTION}EncryptionMethod")
    if method.get("Algorithm") not in OAEP:
        raise Malformed("its key is encrypted by an algorithm that is not accepted: RSA-OAEP is")
    digest, mask = method.find(f"{SIGNATURE}DigestMethod"), method.find(f"{ENCRYPTION_11}MGF")
    hashed = _SHA1 if digest is None else _DIGESTS.get(digest.get("Algorithm"))
    masked = _SHA1 if mask is None else _MASKS.get(mask.get("Algorithm"))
    if hashed is None or masked is None:
        raise Malformed("its key is encrypted by an algorithm that is not accepted: RSA-OAEP with SHA-256 is")
    return padding.OAEP(padding.MGF1(masked()), hashed(), label=None)


def _cipher(element: Element) -> bytes:
    value = text_of(the(the(element, f"{ENCRYPTION}CipherData"), f"{ENCRYPTION}CipherValue"))
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("what it encrypts is not base64") from None


def _gcm(key: bytes, sealed: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], None)


def _cbc(key: bytes, sealed: bytes) -> bytes:
    """Decrypt, and take off the padding of XML Encryption, whose last byte alone says how long it is."""
    start, rest = sealed[:_BLOCK], sealed[_BLOCK:]
    decryptor = Cipher(algorithms.AES(key), modes.CBC(start)).decryptor()
    padded = decryptor.update(rest) + decryptor.finalize()
    if not padded or not 0 < padded[-1] <= _BLOCK:
        raise ValueError
    return padded[: -padded[-1]]
