"""`ctx admin sso`, `domain` and `scim`: an administrator sets up single sign-on and a directory from a terminal."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from contextfs.client import ContextFS
from tests.clients.cli.conftest import Ctx
from tests.contextfs.adapters.identity.saml.idp import IdentityProvider


def test_nothing_is_set_at_first(ctx: Ctx) -> None:
    told = ctx("admin", "sso")

    assert told.code == 0, told.err
    assert told.out.startswith("Single sign-on is off.\n")
    assert ctx("admin", "domain").out.startswith("The organization claims no domain yet")
    assert ctx("admin", "scim").out.startswith("No directory has a token yet")


def test_saml_is_set_up_here_there_and_then_switched_on(ctx: Ctx, http: TestClient, tmp_path: Path) -> None:
    begun = ctx("admin", "sso", "set", "--provider", "saml", "--json").json
    idp = IdentityProvider(http.get(begun["saml"]["metadata_url"]).text)
    (tmp_path / "idp.xml").write_text(idp.metadata, encoding="utf-8")

    early = ctx("admin", "sso", "on")
    ctx("admin", "sso", "set", "--metadata-file", "idp.xml", "--attribute", "email=mail", "--group-role", "A=B=admin")
    tested = ctx("admin", "sso", "test")
    on = ctx("admin", "sso", "on", "--json").json
    off = ctx("admin", "sso", "off")

    assert (early.code, "metadata_url is missing" in early.err) == (2, True)
    assert (tested.code, tested.out) == (
        0,
        "https://idp.example/metadata can be used; it signs in at https://idp.example/sso.\n",
    )
    assert (on["enabled"], on["attribute_mapping"]["email"], on["group_roles"]) == (True, "mail", {"A=B": "admin"})
    assert on["saml"] == begun["saml"]
    assert off.out.startswith("Single sign-on is off.\n")
    for address in begun["saml"].values():
        assert address in off.out


def test_what_is_not_given_stays_and_another_provider_begins_anew(ctx: Ctx, client: ContextFS) -> None:
    first = ("--provider", "okta", "--metadata-url", "https://acme.okta.example", "--client-id", "0oa")
    ctx("admin", "sso", "set", *first, "--client-secret-stdin", "--default-role", "viewer", stdin="s3cret\n")
    kept = ctx("admin", "sso", "set", "--auto-provision", "yes", "--json").json
    other = ctx("admin", "sso", "set", "--provider", "auth0", "--json").json

    assert (kept["client_id"], kept["has_client_secret"], kept["default_role"]) == ("0oa", True, "viewer")
    assert kept["auto_provision"] is True
    assert (other["client_id"], other["metadata_url"], other["default_role"]) == (None, None, "viewer")
    assert client.sso.get().auto_provision is True


def test_it_is_enforced_with_an_owner_who_may_still_sign_in(ctx: Ctx) -> None:
    refused = ctx("admin", "sso", "set", "--enforced", "yes")
    taken = ctx("admin", "sso", "set", "--enforced", "yes", "--break-glass", "owner@example.test", "--json")

    assert (refused.code, "Name an owner" in refused.err) == (2, True)
    assert taken.json["enforced"] is True


def test_what_does_not_work_is_told_with_a_code(ctx: Ctx) -> None:
    ctx("admin", "sso", "set", "--provider", "saml", "--metadata-url", "https://169.254.169.254/")

    told = ctx("admin", "sso", "test")

    assert (told.code, told.out[:19]) == (1, "It cannot be used: ")


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("set",), "say what to set"),
        (("show", "--provider", "saml"), "`show` sets nothing"),
        (("set", "--metadata-url", "https://a", "--metadata-file", "b"), "not both"),
        (("set", "--attribute", "email"), "say NAME=VALUE"),
        (("set", "--attribute", "phone=x"), "phone"),
        (("set", "--group-role", "Ops=owner"), "group_roles"),
    ],
)
def test_what_is_said_wrong_is_told(words: tuple[str, ...], cure: str, ctx: Ctx) -> None:
    told = ctx("admin", "sso", *words)

    assert told.code in {1, 2}
    assert cure in told.err


def test_a_domain_is_claimed_looked_for_and_given_up(ctx: Ctx) -> None:
    claimed = ctx("admin", "domain", "claim", "Acme.example")
    checked = ctx("admin", "domain", "check", "acme.example")
    listed = ctx("admin", "domain").out.splitlines()[1].split()
    released = ctx("admin", "domain", "release", "acme.example")

    assert claimed.out.splitlines()[0].endswith("then: ctx admin domain check acme.example")
    assert claimed.out.splitlines()[1].strip() == listed[2]
    assert checked.code == 1
    assert listed[:2] == ["acme.example", "no"]
    assert released.out == "acme.example is given up.\n"
    assert ctx("admin", "domain", "check", "acme.example").code == 3


def test_a_directory_gets_a_token_that_can_be_ended(ctx: Ctx, http: TestClient) -> None:
    made = ctx("admin", "scim", "create", "Okta")
    facts = dict(line.split(maxsplit=1) for line in made.out.replace("base url", "base_url").splitlines())
    opens = {"authorization": f"Bearer {facts['token']}"}
    before = http.get("/scim/v2/Users", headers=opens).status_code
    row = ctx("admin", "scim").out.splitlines()[1].split()

    ended = ctx("admin", "scim", "revoke", row[-1])

    assert facts["base_url"].endswith("/scim/v2")
    assert (row[0], before) == ("Okta", 200)
    assert ended.out == "The token Okta no longer works.\n"
    assert http.get("/scim/v2/Users", headers=opens).status_code == 401


def test_a_client_secret_that_is_empty_is_told(ctx: Ctx) -> None:
    told = ctx("admin", "sso", "set", "--client-secret-stdin", stdin="\n")

    assert 2 == told.code
    assert "--client-secret-stdin: standard input is empty: write the client secret to it" in told.err
