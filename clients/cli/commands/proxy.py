"""`ctx proxy`: passes requests to a model on, and keeps what was said."""

import os
import sys
from functools import partial
from typing import Annotated

from clients.cli import where
from clients.cli.line import options
from clients.cli.line.command import Option
from clients.cli.shown import output

_PORT = 8421


def proxy(
    port: Annotated[int, Option("--port", min=0, max=65535, help="The port to listen on; 0 takes a free one.")] = _PORT,
    openai: Annotated[
        str | None,
        Option("--openai", help="Where OpenAI requests go: https://api.openai.com/v1, or a compatible API."),
    ] = None,
    anthropic: Annotated[
        str | None, Option("--anthropic", help="Where Anthropic requests go: https://api.anthropic.com.")
    ] = None,
    tool: Annotated[str | None, Option("--tool", help="A name for the calling program; by default its own.")] = None,
    project: options.Project = None,
    server: where.Server = False,
    json: options.Json = False,
) -> None:
    """Pass requests on to OpenAI, Anthropic and compatible APIs, and capture what is said.

    It listens only on this machine, until you stop it. Point programs to it with the variables that it prints. Bytes
    pass as they come; keys are passed on and never kept; secrets are taken out of what is kept. In a folder with a
    store, conversations are kept there; elsewhere, and with --server, on the server. A conversation is recognised by
    its messages, which each request repeats, or by the header X-ContextFS-Session. With X-ContextFS-Capture: off,
    nothing of a request is kept.
    """
    from clients.cli.recording import recorder  # noqa: PLC0415 - help needs none of it
    from clients.proxy import serving, upstreams  # noqa: PLC0415 - as above
    from contextfs.recording.headers import word  # noqa: PLC0415 - as above

    serving.required()
    to = upstreams.found(os.environ, openai=openai, anthropic=anthropic)
    keeping, named = recorder(server=server, project=project)
    ready = partial(_ready, named=named, json=json)
    try:
        serving.serve(to, keeping, port=port, tool=word(tool) if tool else None, ready=ready)
    finally:
        keeping.close()
        output.note(f"{output.counted(keeping.figures().kept, 'exchange')} kept in {named}.")


def _ready(url: str, *, named: str, json: bool) -> None:
    from clients.proxy import serving  # noqa: PLC0415 - loaded by then

    variables = serving.environment(url)
    if json:
        output.say_json({"url": url, "environment": variables, "keeps_in": named})
    else:
        output.say("\n".join(f"export {name}={value}" for name, value in variables.items()))
        output.note(f"What is said by {url} is kept in {named}. Ctrl-C stops it.")
    sys.stdout.flush()
