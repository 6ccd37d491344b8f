"""Each check of the SAML reader, taken out; beside it the test that has to notice."""

from tests.mutation import Unchecked, never, without

_ROOM = "adapters/identity/saml/"
_HERE = "tests/contextfs/adapters/identity/saml/"


def _without(name: str, file: str, right: str, wrong: str, noticed_by: str) -> Unchecked:
    return without(name, _ROOM + file, right, wrong, _HERE + noticed_by)


def _never(name: str, file: str, condition: str, noticed_by: str) -> Unchecked:
    return never(name, _ROOM + file, condition, _HERE + noticed_by)


_ATTACKS = "test_attacks.py::"
_LOGOUT, _METADATA = "test_logout.py::", "test_metadata.py::"


def _lie(name: str) -> str:
    return f"test_assertion.py::test_a_signed_lie_is_refused[{name}]"


MUTANTS = (
    _never("comments and DTDs", "xml.py", '"<!" in text or "<?" in text', _ATTACKS + "test_a_comment_within_a_text"),
    _without("DTDs", "xml.py", '"<!" in text or', '"<!--" in text or', _ATTACKS + "test_an_entity"),
    without(
        "a response is good once",
        "journeys/signin/saml.py",
        "if not store.take_message(inside.tx, org_id, issuer, believed.id, believed.good_until):",
        "if False:",
        "tests/functions/saml/test_acs.py::test_a_response_is_good_once_also_when_it_comes_many_times_at_once",
    ),
    _never("one id", "xml.py", "len(ids) != len(set(ids))", _ATTACKS + "test_a_wrapped_signature"),
    _never("one child", "xml.py", "len(found) != 1", _lie("two names")),
    _never("one text", "xml.py", "len(element)", _lie("a name with parts")),
    _never("times in UTC", "xml.py", "not _MOMENT.fullmatch(value)", _lie("no time at all")),
    _without(
        "a DTD in metadata",
        "xml.py",
        r're.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE)',
        "False",
        _ATTACKS + "test_an_entity_in_metadata",
    ),
    _never("one assertion", "response.py", "len(found) != 1", _ATTACKS + "test_a_wrapped_signature"),
    _never(
        "its place", "response.py", "found[0].getparent() is not root", _ATTACKS + "test_an_assertion_in_another_place"
    ),
    _without(
        "anybody's signature",
        "response.py",
        "    elif not is_signed:\n",
        "    elif False:\n",
        _ATTACKS + "test_a_stripped_signature",
    ),
    _without(
        "the response's signature",
        "response.py",
        "root = signed(root, metadata.certificates)",
        "pass",
        _ATTACKS + "test_a_changed_text",
    ),
    _without(
        "the assertion's signature",
        "response.py",
        "assertion = signed(assertion, metadata.certificates)",
        "pass",
        _ATTACKS + "test_a_changed_text",
    ),
    _never(
        "stray signatures",
        "response.py",
        'next(assertion.iter(f"{SIGNATURE}Signature"), None) is not None',
        _ATTACKS + "test_a_signature_where_none_belongs",
    ),
    _without(
        "one assertion in what is encrypted",
        "response.py",
        'len(list(assertion.iter(f"{ASSERTION}Assertion"))) != 1',
        "False",
        _ATTACKS + "test_an_encrypted_assertion_that_holds_another",
    ),
    _never("status", "response.py", 'code.get("Value") != _SUCCESS', _lie("a failure")),
    _never("a response", "response.py", 'root.tag != f"{PROTOCOL}Response"', _ATTACKS + "test_another_kind_of_message"),
    _never("version of the response", "response.py", 'root.get("Version") != "2.0"', _lie("a response of SAML 1.1")),
    _never(
        "issuer of the response",
        "response.py",
        "issuer is not None and text_of(issuer) != metadata.entity_id",
        _lie("another issuer of the response"),
    ),
    _never(
        "destination",
        "response.py",
        "destination != place and (destination is not None or is_signed)",
        "test_assertion.py::test_a_signed_response_has_to_say_where_it_goes",
    ),
    _never("time of the response", "response.py", "issued is None or issued - SKEW > now", _lie("a response to come")),
    _never("length", "response.py", "len(encoded) > _LONGEST", _ATTACKS + "test_a_flood_of_text"),
    _without(
        "the very element",
        "signatures.py",
        """reference.get("URI") != f"#{element.get('ID')}":""",
        "False:",
        _ATTACKS + "test_a_moved_signature_of_another_message",
    ),
    _without(
        "the very element, of an assertion's signature",
        "signatures.py",
        """reference.get("URI") != f"#{element.get('ID')}":""",
        "False:",
        _ATTACKS + "test_a_moved_signature_of_the_assertion_on_the_response",
    ),
    _without(
        "what the signature covers is what is read",
        "signatures.py",
        "            return found\n    raise",
        "            return element\n    raise",
        _ATTACKS + "test_what_is_read_is_what_was_signed",
    ),
    _without(
        "strong algorithms",
        "signatures.py",
        'if not {one.get("Algorithm") for one in methods} <= _ALGORITHMS:',
        "if False:",
        _ATTACKS + "test_a_weak_algorithm",
    ),
    _without(
        "known transforms",
        "signatures.py",
        'not {one.get("Algorithm") for one in transforms} <= _TRANSFORMS',
        "False",
        _ATTACKS + "test_a_way_to_change_what_is_covered",
    ),
    _without(
        "known canonical form",
        "signatures.py",
        "ways != [_EXCLUSIVE] or",
        "False or",
        _ATTACKS + "test_a_way_to_change_what_is_covered",
    ),
    _never(
        "nothing carried along",
        "signatures.py",
        'signature.find(f"{SIGNATURE}Object") is not None',
        _ATTACKS + "test_a_signature_that_carries_an_object",
    ),
    _without(
        "the key of the metadata",
        "signatures.py",
        "x509_cert=certificate,",
        'x509_cert=element.findtext(".//{*}X509Certificate"),',
        _ATTACKS + "test_a_key_that_the_message_brings",
    ),
    _never(
        "one parameter of a name",
        "signatures.py",
        "len(parts) != len(pairs)",
        _LOGOUT + "test_a_parameter_that_stands_twice_is_refused",
    ),
    _without(
        "the signature of an address",
        "signatures.py",
        'if not any(_is_by(one, unquote_plus(parts["SigAlg"]), value, covered) for one in certificates):',
        "if False:",
        _LOGOUT + "test_a_changed_address_is_refused",
    ),
    _without(
        "strong algorithms of an address",
        "signatures.py",
        "_QUERY_METHODS.get(algorithm,",
        '(_QUERY_METHODS | {"http://www.w3.org/2000/09/xmldsig#rsa-sha1": ("rsa", hashes.SHA1)}).get(algorithm,',
        _LOGOUT + "test_another_key_and_a_weak_algorithm_are_refused",
    ),
    _never(
        "CBC in what nobody signed",
        "encryption.py",
        "algorithm in _CBC and not is_signed",
        _ATTACKS + "test_an_encryption_that_tells_by_its_errors",
    ),
    _never(
        "RSA 1.5",
        "encryption.py",
        'method.get("Algorithm") not in OAEP',
        _ATTACKS + "test_an_encryption_of_the_key_that_tells_by_its_errors",
    ),
    _never("one key", "encryption.py", "len(keys) != 1", _ATTACKS + "test_an_encryption_that_is_not_accepted"),
    _never("known ciphers", "encryption.py", "size is None", _ATTACKS + "test_an_encryption_that_is_not_accepted"),
    _never("length of the key", "encryption.py", "len(content_key) != size", _ATTACKS + "test_a_changed_ciphertext"),
    _never("issuer", "assertion.py", 'text_of(the(assertion, f"{ASSERTION}Issuer")) != issuer', _lie("another issuer")),
    _without("version", "assertion.py", 'assertion.get("Version") != "2.0" or', "False or", _lie("SAML 1.1")),
    _never("time", "assertion.py", "issued is None or issued - SKEW > now", _lie("a time to come")),
    _never("the answer to the request", "assertion.py", "response.answers != answers", _lie("an answer to none")),
    _never(
        "known conditions",
        "assertion.py",
        "not {one.tag for one in conditions} <= _KNOWN_CONDITIONS",
        _lie("an unknown condition"),
    ),
    _never("not before", "assertion.py", "begins is not None and begins - SKEW > now", _lie("conditions of tomorrow")),
    _never(
        "not on or after", "assertion.py", "ends is not None and ends + SKEW <= now", _lie("conditions of yesterday")
    ),
    _without(
        "audience",
        "assertion.py",
        'if audience not in [text_of(one) for one in restriction.findall(f"{ASSERTION}Audience")]:',
        "if False:",
        _lie("another audience"),
    ),
    _never("an audience at all", "assertion.py", "not restrictions", _lie("no audience")),
    _without("bearer", "assertion.py", 'if one.get("Method") == _BEARER]', "]", _lie("another confirmation")),
    _never("one confirmation", "assertion.py", "len(proofs) != 1", _lie("two confirmations")),
    _never("recipient", "assertion.py", 'data.get("Recipient") != consumer', _lie("another recipient")),
    _without(
        "an end of the confirmation",
        "assertion.py",
        'or data.get("NotBefore") is not None',
        "",
        _lie("a confirmation with a beginning"),
    ),
    _never("the confirmation's end", "assertion.py", "ends + SKEW <= now", _lie("a confirmation of yesterday")),
    _never("moment of signing in", "assertion.py", "at is None or at - SKEW > now", _lie("a sign-in to come")),
    _never("end of the session", "assertion.py", "ends is not None and ends <= now", _lie("a session that is over")),
    _never("a name", "assertion.py", "not 0 < len(text) <= _LONGEST_NAME", _lie("an empty name")),
    _never("a name that lasts", "assertion.py", 'form == f"{_FORMATS}transient"', _lie("another name each time")),
    _never(
        "strong keys",
        "metadata.py",
        "not is_long and not isinstance(key, ec.EllipticCurvePublicKey)",
        _ATTACKS + "test_a_weak_key",
    ),
    _never(
        "one provider",
        "metadata.py",
        "len(entities) != 1",
        _METADATA + "test_what_tells_of_two_providers_or_none_is_refused",
    ),
    _never(
        "valid metadata",
        "metadata.py",
        "any(end <= now for end in until)",
        _METADATA + "test_what_cannot_be_used_is_told",
    ),
    _never("https", "metadata.py", "not url.startswith(self._schemes)", _METADATA + "test_what_cannot_be_used_is_told"),
    _without(
        "keys that sign",
        "metadata.py",
        'if one.get("use") in {None, "signing"}]',
        "]",
        _METADATA + "test_what_cannot_be_used_is_told",
    ),
    _without(
        "a logout's signature in a form",
        "logout.py",
        "signed(parsed(content), metadata.certificates)",
        "parsed(content)",
        _LOGOUT + "test_an_unsigned_message_is_refused",
    ),
    _without(
        "a logout's signature in an address",
        "logout.py",
        "check_query(message.query, name, metadata.certificates)",
        "pass",
        _LOGOUT + "test_an_unsigned_message_is_refused",
    ),
    _never(
        "a logout's end", "logout.py", "ends is None or ends + SKEW <= now", _LOGOUT + "test_a_signed_lie_is_refused"
    ),
    _never(
        "a logout's issuer",
        "logout.py",
        'text_of(the(root, f"{ASSERTION}Issuer")) != metadata.entity_id',
        _LOGOUT + "test_a_signed_lie_is_refused",
    ),
    _never(
        "a logout's kind",
        "logout.py",
        'root.tag != f"{PROTOCOL}LogoutRequest" or not root.get("ID")',
        _LOGOUT + "test_a_signed_lie_is_refused",
    ),
    _never("a bomb", "logout.py", "not unpacker.eof", _LOGOUT + "test_a_bomb_is_not_unpacked"),
)
