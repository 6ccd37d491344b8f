"""`ctx admin sso`, `ctx admin domain`: how an organization's people sign in."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec

from clients.cli.commands.team import found
from clients.cli.line import options
from clients.cli.line.command import Argument, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ContextFS
from contextfs.domain.sso.model import Domain, Sso, SsoChange, SsoTest
from contextfs.kit.errors import Invalid
from contextfs.kit.expected import refused

_FAILED = 1
_OF_ONE_PROVIDER = ("metadata_url", "metadata_xml", "client_id", "client_secret")
"""What means nothing to another provider."""


class Act(StrEnum):
    """What to do with the settings."""

    show = "show"
    set = "set"
    test = "test"
    on = "on"
    off = "off"


class Provider(StrEnum):
    """Who knows the organization's people."""

    google = "google"
    github = "github"
    okta = "okta"
    entra = "entra"
    auth0 = "auth0"
    cognito = "cognito"
    generic = "generic"
    saml = "saml"


class Role(StrEnum):
    """What a provider makes of somebody."""

    admin = "admin"
    member = "member"
    viewer = "viewer"


class Switch(StrEnum):
    """Whether something is so."""

    yes = "yes"
    no = "no"


_Provider = Annotated[
    Provider | None, Option("--provider", help="google, github, okta, entra, auth0, cognito, generic or saml.")
]
_Url = Annotated[
    str | None, Option("--metadata-url", help="The provider's issuer; for SAML, the address of its metadata.")
]
_File = Annotated[
    str | None, Option("--metadata-file", help="SAML: a file with the provider's metadata, instead of an address.")
]
_Client = Annotated[str | None, Option("--client-id", help="The client id that the provider gave.")]
_Secret = Annotated[bool, Option("--client-secret-stdin", help="Read the client secret from standard input.")]
_Attributes = Annotated[
    list[str] | None,
    Option("--attribute", help="The provider's name for email, name or groups: email=mail; may be repeated."),
]
_Provision = Annotated[
    Switch | None,
    Option("--auto-provision", help="yes or no: people of a verified domain become members."),
]
_Role = Annotated[Role | None, Option("--default-role", help="The role of new members: admin, member or viewer.")]
_Groups = Annotated[
    list[str] | None,
    Option("--group-role", help="The role of a group: Ops=admin; may be repeated, and replaces all that were set."),
]
_Enforced = Annotated[Switch | None, Option("--enforced", help="yes or no: people can sign in only this way.")]
_BreakGlass = Annotated[
    str | None, Option("--break-glass", help="The owner who may still sign in with a key: address or id.")
]
_Initiated = Annotated[
    Switch | None, Option("--idp-initiated", help="SAML, yes or no: a sign-in may begin at the provider.")
]


def sso(
    act: Annotated[Act, Argument("show, set, test, on or off.")] = Act.show,
    provider: _Provider = None,
    metadata_url: _Url = None,
    metadata_file: _File = None,
    client_id: _Client = None,
    client_secret_stdin: _Secret = False,
    attribute: _Attributes = None,
    auto_provision: _Provision = None,
    default_role: _Role = None,
    group_role: _Groups = None,
    enforced: _Enforced = None,
    break_glass: _BreakGlass = None,
    idp_initiated: _Initiated = None,
    json: options.Json = False,
) -> int:
    """Show how the organization's people sign in, set it, test the provider, or switch it on or off.

    What you do not give to `set` stays; another provider starts from nothing.
    """
    switches = {"auto_provision": auto_provision, "enforced": enforced, "idp_initiated": idp_initiated}
    words = {"provider": provider, "default_role": default_role, "client_id": client_id}
    given = _given(switches, words) | _metadata(metadata_url, metadata_file)
    given |= {"client_secret": _secret()} if client_secret_stdin else {}
    given |= {} if group_role is None else {"group_roles": _pairs(group_role, "--group-role")}
    if (act is Act.set) != bool(given or attribute or break_glass):
        raise Misused("say what to set" if act is Act.set else f"`{act}` sets nothing: leave the options out")
    with server.opened() as client:
        if act is Act.test:
            return _tell(client.sso.test(), json=json)
        shown = client.sso.get()
        if act is not Act.show:
            given |= {"enabled": act is Act.on} if act is not Act.set else _found(client, shown, attribute, break_glass)
            shown = client.sso.put(_changed(shown, given), if_match=shown.version)
        output.say_json(shown) if json else _show(shown)
    return 0


class DomainAct(StrEnum):
    """What to do with a domain."""

    list = "list"
    claim = "claim"
    check = "check"
    release = "release"


def domain(
    act: Annotated[DomainAct, Argument("list, claim, check or release.")] = DomainAct.list,
    name: Annotated[str | None, Argument("The domain: acme.com.")] = None,
    json: options.Json = False,
) -> int:
    """List the organization's domains, claim one, check the DNS record that proves it (`check`), or give it up."""
    if (name is None) != (act is DomainAct.list):
        raise Misused("name the domain" if name is None else "`list` takes no name")
    with server.opened() as client:
        if name is None:
            _list(client, json=json)
            return 0
        if act is DomainAct.release:
            client.sso.release(name)
            output.say_json({"released": name}) if json else output.say(f"{name} is given up.")
            return 0
        one = client.sso.claim(name) if act is DomainAct.claim else client.sso.check(name)
        output.say_json(one) if json else _say(one)
        return 0 if act is DomainAct.claim or one.verified_at else _FAILED


def _secret() -> str:
    secret = sys.stdin.readline().strip()
    if not secret:
        raise Misused("--client-secret-stdin: standard input is empty: write the client secret to it")
    return secret


def _given(switches: dict[str, Switch | None], words: dict[str, str | None]) -> dict[str, Any]:
    """Take the options that were given."""
    flags = {name: value is Switch.yes for name, value in switches.items() if value is not None}
    return flags | {name: str(value) for name, value in words.items() if value is not None}


def _found(client: ContextFS, known: Sso, attributes: list[str] | None, break_glass: str | None) -> dict[str, Any]:
    """Give what depends on what is known: the whole mapping, and the id of the owner."""
    more: dict[str, Any] = {}
    if attributes is not None:
        more["attribute_mapping"] = msgspec.to_builtins(known.attribute_mapping) | _pairs(attributes, "--attribute")
    if break_glass is not None:
        more["break_glass_user_id"] = str(found(client, break_glass).id)
    return more


def _changed(known: Sso, given: dict[str, Any]) -> SsoChange:
    before: dict[str, Any] = {
        name: value for name, value in msgspec.to_builtins(known).items() if name in SsoChange.__struct_fields__
    }
    if given.get("provider", known.provider) != known.provider:
        before = {name: value for name, value in before.items() if name not in _OF_ONE_PROVIDER}
        before["enabled"] = False
    try:
        return msgspec.convert(before | given, SsoChange)
    except msgspec.ValidationError as error:
        raise Invalid(f"This cannot be set: {refused(error)}.") from None


def _metadata(url: str | None, file: str | None) -> dict[str, Any]:
    """Take metadata by an address or from a file; the one puts the other out of use."""
    if url is not None and file is not None:
        raise Misused("give --metadata-url or --metadata-file, not both")
    if file is not None:
        return {"metadata_url": None, "metadata_xml": Path(file).read_text(encoding="utf-8")}
    return {} if url is None else {"metadata_url": url, "metadata_xml": None}


def _pairs(texts: list[str], name: str) -> dict[str, str]:
    pairs = [text.rpartition("=") for text in texts]
    if not all(key and value for key, _, value in pairs):
        raise Misused(f"{name}: say NAME=VALUE")
    return {key: value for key, _, value in pairs}


def _tell(test: SsoTest, *, json: bool) -> int:
    if json:
        output.say_json(test)
    elif test.works:
        output.say(f"{test.issuer} can be used; it signs in at {test.sign_in}.")
        if not test.verified_domains:
            output.note("No domain is verified yet: ctx admin domain claim DOMAIN.")
    else:
        output.say(f"It cannot be used: {test.told}")
    return 0 if test.works else _FAILED


def _show(known: Sso) -> None:
    state = "on" if known.enabled else "off"
    output.say(output.bold(f"Single sign-on is {state}{', and enforced' if known.enforced else ''}."))
    mapping = msgspec.to_builtins(known.attribute_mapping)
    named = [f"{key} is {value}" for key, value in mapping.items() if value]
    metadata = known.metadata_url or ("a file" if known.metadata_xml else "none")
    rows = [
        ("provider", known.provider),
        ("metadata", metadata),
        ("client id", "" if known.saml else known.client_id or "none"),
        ("secret", "" if known.saml else "kept" if known.has_client_secret else "none"),
        ("attributes", ", ".join(named) or "as usual"),
        ("new members", f"{known.default_role}, by themselves" if known.auto_provision else "by invitation"),
        ("groups", ", ".join(f"{group}: {role}" for group, role in known.group_roles.items()) or "give no roles"),
        ("break-glass", str(known.break_glass_user_id or "nobody")),
        ("begins", "" if known.saml is None else "here or there" if known.idp_initiated else "here"),
    ]
    output.block([row for row in rows if row[1]])
    if not known.is_vouched:
        output.note(
            "The person who set this up left, or has fewer permissions now: check it, then run `ctx admin sso on`."
        )
    output.say("Tell the provider:")
    told = {"redirect address": known.redirect_uri} if known.saml is None else msgspec.to_builtins(known.saml)
    output.block([(name.replace("_", " "), str(address)) for name, address in told.items()])


def _list(client: ContextFS, *, json: bool) -> None:
    domains = client.sso.domains().items
    if json:
        output.say_json(domains)
    elif not domains:
        output.say("The organization claims no domain yet: ctx admin domain claim DOMAIN.")
    else:
        rows = [[one.domain, output.day(one.verified_at) if one.verified_at else "no", one.record] for one in domains]
        output.table(["domain", "verified", "TXT record"], rows)


def _say(one: Domain) -> None:
    if one.verified_at is not None:
        output.say(f"{one.domain} is verified.")
    elif one.told is not None:
        output.say(one.told)
    else:
        output.say(f"Put this TXT record into the DNS of {one.domain}, then: ctx admin domain check {one.domain}")
        output.say(f"  {one.record}")
