"""Ways to change a message of SAML, by the paths of its elements; `.` is the message itself."""

from copy import deepcopy
from typing import Any

from tests.contextfs.adapters.identity.saml.foreign import etree
from tests.contextfs.adapters.identity.saml.idp import Change
from tests.contextfs.adapters.identity.saml.libxmlsec import NAMES


def sets(path: str, name: str, value: str) -> Change:
    """Set an attribute of an element."""

    def change(root: Any) -> None:
        root.find(path, NAMES).set(name, value)

    return change


def drops(path: str, name: str | None = None) -> Change:
    """Take an element out, or an attribute of it."""

    def change(root: Any) -> None:
        element = root.find(path, NAMES)
        if name is None:
            element.getparent().remove(element)
        else:
            del element.attrib[name]

    return change


def says(path: str, text: str) -> Change:
    """Give an element another text."""

    def change(root: Any) -> None:
        root.find(path, NAMES).text = text

    return change


def doubles(path: str) -> Change:
    """Put an element there twice."""

    def change(root: Any) -> None:
        root.find(path, NAMES).addnext(deepcopy(root.find(path, NAMES)))

    return change


def adds(path: str, tag: str, **attributes: str) -> Change:
    """Put an element into another one."""

    def change(root: Any) -> None:
        etree.SubElement(root.find(path, NAMES), tag, attributes)

    return change
