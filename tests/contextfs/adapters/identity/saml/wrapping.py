"""Signature wrapping, as Somorovsky and others drew it (On Breaking SAML, 2012) and SAML Raider numbers it.

Each takes a signed response and gives one in which `mallory` stands where a careless reader looks, and what was signed
where a careless verifier does.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.contextfs.adapters.identity.saml.foreign import etree
from tests.contextfs.adapters.identity.saml.libxmlsec import NAMES


def _evil(original: Any, identity: str | None) -> Any:
    """Copy an element, and make mallory of its person; `identity` begins new ids, or the old ones stay."""
    copied = deepcopy(original)
    for name in copied.iter(f"{{{NAMES['a']}}}NameID"):
        name.text = "mallory"
    for signature in copied.findall("ds:Signature", NAMES):
        copied.remove(signature)
    if identity is not None:
        for number, element in enumerate(copied.xpath("//*[@ID]")):
            element.set("ID", f"{identity}-{number}")
    return copied


def _parts(root: Any) -> tuple[Any, Any]:
    """Give the signed assertion, and its signature."""
    assertion = root.find("a:Assertion", NAMES)
    return assertion, assertion.find("ds:Signature", NAMES)


def xsw1(root: Any, identity: str | None) -> Any:
    """The signed response stands inside its own signature, which stands in an evil response."""
    evil, signature = _evil(root, identity), root.find("ds:Signature", NAMES)
    root.remove(signature)
    signature.append(root)
    evil.insert(1, signature)
    return evil


def xsw2(root: Any, identity: str | None) -> Any:
    """The signed response stands beside its signature, in an evil response."""
    evil, signature = _evil(root, identity), root.find("ds:Signature", NAMES)
    root.remove(signature)
    evil.insert(1, root)
    evil.insert(2, signature)
    return evil


def xsw3(root: Any, identity: str | None) -> Any:
    """An evil assertion stands before the signed one."""
    assertion, _ = _parts(root)
    assertion.addprevious(_evil(assertion, identity))
    return root


def xsw4(root: Any, identity: str | None) -> Any:
    """The signed assertion stands inside the evil one."""
    assertion, _ = _parts(root)
    evil = _evil(assertion, identity)
    root.replace(assertion, evil)
    evil.append(assertion)
    return root


def xsw5(root: Any, identity: str | None) -> Any:
    """The evil assertion has the signature; what was signed stands at the end."""
    assertion, signature = _parts(root)
    evil = _evil(assertion, identity)
    root.replace(assertion, evil)
    assertion.remove(signature)
    evil.insert(1, signature)
    root.append(assertion)
    return root


def xsw6(root: Any, identity: str | None) -> Any:
    """The evil assertion has the signature, and the signature what was signed."""
    root = xsw5(root, identity)
    evil, original = root.findall("a:Assertion", NAMES)
    evil.find("ds:Signature", NAMES).append(original)
    return root


def xsw7(root: Any, identity: str | None) -> Any:
    """The evil assertion stands in Extensions, which have no schema."""
    assertion, _ = _parts(root)
    extensions = etree.Element(f"{{{NAMES['p']}}}Extensions")
    extensions.append(_evil(assertion, identity))
    root.insert(1, extensions)
    return root


def xsw8(root: Any, identity: str | None) -> Any:
    """The evil assertion has the signature, and what was signed is an object in it."""
    assertion, signature = _parts(root)
    evil = _evil(assertion, identity)
    root.replace(assertion, evil)
    assertion.remove(signature)
    evil.insert(1, signature)
    etree.SubElement(signature, f"{{{NAMES['ds']}}}Object").append(assertion)
    return root


WRAPPINGS: dict[str, Callable[[Any, str | None], Any]] = {
    f"XSW{number}": wrap for number, wrap in enumerate((xsw1, xsw2, xsw3, xsw4, xsw5, xsw6, xsw7, xsw8), 1)
}
