"""A response is believed where the provider signed it, for us, now: pysaml2 signs, libxmlsec encrypts."""

from typing import Any

import pytest

from tests.contextfs.adapters.identity.saml.conftest import REQUEST, Organization
from tests.contextfs.adapters.identity.saml.foreign import saml


@pytest.mark.parametrize("encrypts", [None, "aes256-gcm", "aes128-gcm"])
@pytest.mark.parametrize("signs", ["assertion", "response", "both"])
def test_what_a_provider_signed_is_believed(signs: str, encrypts: str | None, organization: Organization) -> None:
    believed = organization.believe(organization.respond(signs=signs, encrypts=encrypts))

    assert (believed.assertion.issuer, believed.assertion.subject) == ("https://idp.example/metadata", "ann-4711")
    assert believed.answers == REQUEST
    assert believed.session_index
    told = believed.assertion.attributes
    assert (told["email"], told["displayName"], told["groups"]) == ("ann@acme.example", "Ann", "Staff")


@pytest.mark.parametrize("signs", ["response", "both"])
def test_what_is_encrypted_by_cbc_is_read_where_the_response_is_signed(signs: str, organization: Organization) -> None:
    believed = organization.believe(organization.respond(signs=signs, encrypts="aes256-cbc"))

    assert believed.assertion.subject == "ann-4711"


def test_prefixes_that_an_encrypted_assertion_inherits_are_known(organization: Organization) -> None:
    believed = organization.believe(organization.respond(lambda _: None, signs="both", encrypts="aes256-gcm"))

    assert believed.assertion.subject == "ann-4711"


def test_an_attribute_of_many_values_is_a_list_and_an_empty_one_is_none(organization: Organization) -> None:
    def change(root: Any) -> None:
        (groups,) = root.xpath("//*[@FriendlyName='groups' or @Name='groups']")
        groups.append(groups.__deepcopy__({})[0])
        groups[1].text = "Ops"
        (name,) = root.xpath("//*[@FriendlyName='displayName']/*")
        name.set("{http://www.w3.org/2001/XMLSchema-instance}nil", "true")

    told = organization.believe(organization.respond(change)).assertion.attributes

    assert told["groups"] == ["Staff", "Ops"]
    assert "displayName" not in told


def test_a_persons_name_stays_with_its_form(organization: Organization) -> None:
    before = organization.idp.name_id
    organization.idp.name_id = saml.NameID(
        format=saml.NAMEID_FORMAT_EMAILADDRESS, text="ann@acme.example", name_qualifier="q"
    )

    believed = organization.believe(organization.respond())
    organization.idp.name_id = before

    assert (believed.name.text, believed.name.format) == ("ann@acme.example", saml.NAMEID_FORMAT_EMAILADDRESS)
    assert believed.name.qualifier == "q"
    assert believed.assertion.attributes["NameID"] == "ann@acme.example"


def test_it_is_good_until_its_confirmation_ends_and_a_minute_for_clocks(organization: Organization) -> None:
    believed = organization.believe(organization.respond())

    left = (believed.good_until - organization.now()).total_seconds()
    assert 15 * 60 < left < 16 * 60 + 1
