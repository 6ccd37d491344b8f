"""Packages that have no types: lxml, libxmlsec, and pysaml2, which loads a cipher that has moved."""

import warnings
from importlib import import_module
from typing import Any

etree: Any = import_module("lxml.etree")
xmlsec: Any = import_module("xmlsec")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    saml2: Any = import_module("saml2")
    config: Any = import_module("saml2.config")
    metadata: Any = import_module("saml2.metadata")
    saml: Any = import_module("saml2.saml")
    server: Any = import_module("saml2.server")
