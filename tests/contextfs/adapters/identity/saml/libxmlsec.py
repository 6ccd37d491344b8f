"""Signs and encrypts for pysaml2 by libxmlsec itself (the package `xmlsec`), where pysaml2 would start its program."""

from typing import Any

from tests.contextfs.adapters.identity.saml.foreign import etree, xmlsec

NAMES = {
    "a": "urn:oasis:names:tc:SAML:2.0:assertion",
    "p": "urn:oasis:names:tc:SAML:2.0:protocol",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xenc": "http://www.w3.org/2001/04/xmlenc#",
}
AES = {
    "aes256-gcm": (xmlsec.constants.TransformAes256Gcm, 256),
    "aes128-gcm": (xmlsec.constants.TransformAes128Gcm, 128),
    "aes256-cbc": (xmlsec.constants.TransformAes256Cbc, 256),
}


class LibXmlSec:
    """The part of libxmlsec that an identity provider needs, as pysaml2 asks for it."""

    def __init__(self) -> None:
        self.cipher = "aes256-gcm"

    def sign_statement(self, statement: Any, _node_name: str, key_file: str, node_id: str) -> str:
        """Sign the element of an id, which has a template of a signature in it."""
        root = _read(statement)
        sign(root, node_id, key_file)
        return etree.tostring(root).decode()

    def encrypt_assertion(self, statement: Any, enc_key: str, *_template: Any, **_how: Any) -> str:
        """Encrypt the one assertion of a response."""
        root = _read(statement)
        encrypt(root, enc_key, self.cipher)
        return etree.tostring(root).decode()


def _read(statement: Any) -> Any:
    return etree.fromstring(statement if isinstance(statement, bytes) else str(statement).encode())


def sign(root: Any, node_id: str, key_file: str) -> None:
    """Sign the element of an id, by the template that is in it."""
    (element,) = root.xpath("//*[@ID=$id]", id=node_id)
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file(key_file, xmlsec.constants.KeyDataFormatPem)
    context.sign(element.find("ds:Signature", NAMES))


def add_template(element: Any, signature: str, digest: str) -> None:
    """Put a template of a signature where a schema wants it: behind the issuer."""
    methods = {
        "rsa-sha256": xmlsec.constants.TransformRsaSha256,
        "rsa-sha1": xmlsec.constants.TransformRsaSha1,
        "sha256": xmlsec.constants.TransformSha256,
        "sha1": xmlsec.constants.TransformSha1,
    }
    template = xmlsec.template.create(element, xmlsec.constants.TransformExclC14N, methods[signature], ns="ds")
    reference = xmlsec.template.add_reference(template, methods[digest], uri=f"#{element.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    issuer = element.find("a:Issuer", NAMES)
    element.insert(0 if issuer is None else element.index(issuer) + 1, template)


def encrypt(root: Any, certificate_file: str, cipher: str, transport: Any = xmlsec.constants.TransformRsaOaep) -> None:
    """Put an encrypted assertion in the place of the one that is there."""
    method, bits = AES[cipher]
    assertion = root.find(".//a:Assertion", NAMES)
    if assertion.getparent().tag.endswith("}Response"):
        holder = etree.SubElement(root, f"{{{NAMES['a']}}}EncryptedAssertion")
        root.replace(assertion, holder)
        holder.append(assertion)
    template = xmlsec.template.encrypted_data_create(root, method, type=xmlsec.constants.TypeEncElement, ns="xenc")
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="ds")
    key = xmlsec.template.add_encrypted_key(info, transport)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_file(certificate_file, xmlsec.constants.KeyDataFormatCertPem))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.constants.KeyDataAes, bits, xmlsec.constants.KeyDataTypeSession)
    context.encrypt_xml(template, assertion)
