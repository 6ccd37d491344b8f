"""Reads XML of strangers. Nothing that two parsers could read differently is let in.

There is no DTD, so no entity; no comment, no CDATA, no instruction, so a value is one text; no two elements have one
id. lxml is told the same once more: it neither resolves entities nor loads anything.
"""

import re
from datetime import UTC, datetime
from importlib import import_module
from typing import Any, Final

etree: Any = import_module("lxml.etree")
"""lxml, which has no types of its own."""
Element = Any

PROTOCOL: Final = "{urn:oasis:names:tc:SAML:2.0:protocol}"
ASSERTION: Final = "{urn:oasis:names:tc:SAML:2.0:assertion}"
METADATA: Final = "{urn:oasis:names:tc:SAML:2.0:metadata}"
SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}"
ENCRYPTION: Final = "{http://www.w3.org/2001/04/xmlenc#}"
ENCRYPTION_11: Final = "{http://www.w3.org/2009/xmlenc11#}"

_DECLARATION: Final = re.compile(r"<\?xml\s[^<>?]*\?>")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?Z", re.ASCII)
_USUAL: Final = {
    "xs": "http://www.w3.org/2001/XMLSchema",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
"""Prefixes that providers declare far outside; a signature does not cover them there."""
_IDS: Final = frozenset({"id", "{http://www.w3.org/xml/1998/namespace}id"})


class Malformed(ValueError):
    """The XML is not as it has to be; the text says what is wrong."""


def parsed(content: bytes) -> Element:
    """Read a message; Malformed for what is no XML, or has parts that a message never needs."""
    return _identified(_rooted(_plain(content), keeps_all=True))


def parsed_inside(content: bytes, place: Element) -> Element:
    """Read a part of a message, whose prefixes may be those of the place that it stood at (XML Encryption, 4.5)."""
    frame = etree.tostring(etree.Element("frame", nsmap=_USUAL | place.nsmap)).decode().removesuffix("/>")
    root = _rooted(f"{frame}>{_plain(content)}</frame>", keeps_all=True)
    if len(root) != 1 or (root.text or "").strip() or (root[0].tail or "").strip():
        raise Malformed("what it encrypts is not one element")
    return _identified(etree.fromstring(etree.tostring(root[0], with_tail=False)))


def parsed_document(content: bytes) -> Element:
    """Read a document that people write, which may have comments; Malformed as above, and for a DTD."""
    text = _declared(content)
    if re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise Malformed("it has a DTD")
    return _rooted(text, keeps_all=False)


def the(parent: Element, name: str) -> Element:
    """Give the one child of a name; Malformed when there is none, or several."""
    found = parent.findall(name)
    if len(found) != 1:
        raise Malformed(f"it has {len(found)} times {local(name)} in {local(parent.tag)}, and not once")
    return found[0]


def maybe(parent: Element, name: str) -> Element | None:
    """Give the one child of a name, or None; Malformed when there are several."""
    return the(parent, name) if parent.find(name) is not None else None


def text_of(element: Element) -> str:
    """Give the whole text of an element that holds nothing else; Malformed otherwise."""
    if len(element):
        raise Malformed(f"{local(element.tag)} holds more than a text")
    return (element.text or "").strip()


def moment(element: Element, name: str) -> datetime | None:
    """Read a time of an attribute, None where there is no such one; SAML has them in UTC."""
    value = element.get(name)
    if value is None:
        return None
    if not _MOMENT.fullmatch(value):
        raise Malformed(f"{name} is not a time in UTC")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        raise Malformed(f"{name} is not a time") from None


def local(tag: str) -> str:
    """Give a name without its namespace."""
    return tag.rsplit("}", 1)[-1]


def _plain(content: bytes) -> str:
    text = _declared(content)
    if "<!" in text or "<?" in text:
        raise Malformed("it has comments, instructions, CDATA or a DTD")
    return text


def _identified(root: Element) -> Element:
    ids = [value for element in root.iter() for name, value in element.attrib.items() if name.lower() in _IDS]
    if len(ids) != len(set(ids)):
        raise Malformed("two of its elements have one id")
    return root


def _declared(content: bytes) -> str:
    """Read bytes as UTF-8, without the declaration: it could say that they are something else."""
    try:
        text = content.decode().removeprefix("\ufeff").lstrip()
    except UnicodeDecodeError:
        raise Malformed("it is not in UTF-8") from None
    declaration = _DECLARATION.match(text)
    return text[declaration.end() :] if declaration else text


def _rooted(text: str, *, keeps_all: bool) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=not keeps_all,
        remove_pis=not keeps_all,
    )
    try:
        return etree.fromstring(text, parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Malformed("it is no XML") from None
