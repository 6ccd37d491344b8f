"""`ctx sources`: programs elsewhere that send conversations by webhook."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec

from clients.cli.line import options
from clients.cli.line.command import Argument, Group, Misused, Option
from clients.cli.shown import output
from clients.cli.there import server
from contextfs.client import ContextFS, Mapping, Source, SourceCreated
from contextfs.kit.errors import NotFound
from contextfs.kit.expected import refused

app = Group("Let programs elsewhere send conversations by webhook: each is a source, with a secret that signs.")

Named = Annotated[str, Argument("The source's name or id.")]
Stdin = Annotated[bool, Option("--secret-stdin", help="Read the sender's own secret from standard input.")]


class Preset(StrEnum):
    """How what a source sends is read."""

    json = "json"
    openai = "openai"
    github = "github"
    slack = "slack"


class Scheme(StrEnum):
    """How what a source sends is signed."""

    standard = "standard"
    github = "github"
    slack = "slack"


@app.command()
def add(
    name: Annotated[str, Argument("Its name.")],
    preset: Annotated[Preset, Option("--preset", help="What it sends: json, openai, github or slack.")] = Preset.json,
    scheme: Annotated[
        Scheme | None, Option("--scheme", help="How it signs, if different from its preset: standard, github or slack.")
    ] = None,
    mapping: Annotated[
        str | None, Option("--mapping", help="A JSON file with the paths into the source's JSON.")
    ] = None,
    tool: Annotated[str | None, Option("--tool", help="The tool name of its sessions.")] = None,
    tag: options.Tags = None,
    secret_stdin: Stdin = False,
    project: options.Project = None,
    json: options.Json = False,
) -> None:
    """Create a source; print the address that it sends to, and its secret, which is shown only once."""
    read = None if mapping is None else _mapping(Path(mapping))
    with server.opened() as client:
        made = client.sources.create(
            name,
            project_id=server.project_id(client, project),
            preset=preset.value,
            scheme=None if scheme is None else scheme.value,
            secret=_secret(secret_stdin),
            tool=tool,
            tags=tag or [],
            mapping=read,
        )
        _print_created(client, made, json=json)


@app.command("list")
def list_(json: options.Json = False) -> None:
    """List the sources, newest first."""
    with server.opened() as client:
        sources = list(client.sources.list())
        if json:
            output.say_json([_shown(client, one) for one in sources])
        elif not sources:
            output.say("There is no source yet: ctx sources add NAME.")
        else:
            names = {project.id: project.name for project in client.projects.list(page_size=200)}
            into = [output.one_line(names.get(one.project_id, str(one.project_id)), 40) for one in sources]
            rows = [
                [_printed(one), one.preset, one.scheme, to, _url(client, one)]
                for one, to in zip(sources, into, strict=True)
            ]
            output.table(["name", "sends", "signs", "into project", "to"], rows)


@app.command()
def rotate(
    source: Named,
    grace_hours: Annotated[
        int, Option("--grace-hours", min=0, max=720, help="For how long the old secret still works; 0 if it leaked.")
    ] = 24,
    secret_stdin: Stdin = False,
    json: options.Json = False,
) -> None:
    """Give a source a new secret, and print it; it is shown only once."""
    with server.opened() as client:
        found = _found(client, source)
        made = client.sources.rotate(found.id, secret=_secret(secret_stdin), grace_hours=grace_hours)
        _print_created(client, made, json=json)


@app.command()
def remove(source: Named, json: options.Json = False) -> None:
    """End a source: new deliveries are refused, what it sent stays."""
    with server.opened() as client:
        found = _found(client, source)
        client.sources.delete(found.id)
        if json:
            output.say_json(_shown(client, found))
        else:
            output.say(f"{_printed(found)} can no longer send; what it sent stays.")


def _found(client: ContextFS, named: str) -> Source:
    for source in client.sources.list():
        if named.lower() == source.name.lower() or server.as_id(named) == source.id:
            return source
    raise NotFound(f"There is no source {named!r}: `ctx sources list` shows those that there are.")


def _mapping(file: Path) -> Mapping:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Mapping)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Misused(f"--mapping: {file} is not a mapping: {refused(error)}") from None


def _secret(stdin: bool) -> str | None:
    secret = sys.stdin.readline().strip() if stdin else None
    if secret == "":
        raise Misused("--secret-stdin: standard input is empty: write the secret to it")
    return secret


def _printed(source: Source) -> str:
    return output.one_line(source.name, 40)


def _url(client: ContextFS, source: Source) -> str:
    """Give the whole address that a sender is told."""
    return f"{client.address.url}{source.path}"


def _shown(client: ContextFS, source: Source) -> dict[str, Any]:
    return msgspec.structs.asdict(source) | {"url": _url(client, source)}


def _print_created(client: ContextFS, made: SourceCreated, *, json: bool) -> None:
    if json:
        output.say_json({"source": _shown(client, made.source), "secret": made.secret})
        return
    output.say(output.bold(f"{_printed(made.source)} can send now; its secret is shown only once:"))
    output.block(
        [
            ("url", _url(client, made.source)),
            ("secret", made.secret),
            ("signs", f"as {made.source.scheme} does"),
            ("project", output.one_line(client.projects.get(made.source.project_id).name)),
            ("tool", made.source.tool),
        ]
    )
