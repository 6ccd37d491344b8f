"""`ctx up` and `ctx down`: the platform on this machine."""

import os
from typing import Annotated, Any

import msgspec

from clients.cli import installation
from clients.cli.line import options
from clients.cli.line.command import Option
from clients.cli.shown import output
from contextfs.runtime import stack
from contextfs.runtime.stack import Stack

_IMPORT = "ctx import claude-code"
_WITH_SAMPLE = (
    'ctx search "why did the tests hang"',
    'ctx context "add a table for refunds" --project sample',
    _IMPORT,
)
_WITHOUT_SAMPLE = (_IMPORT, 'ctx memory add "We deploy with uv." --type decision', 'ctx search "how do we deploy"')
_TELL_SECONDS = 5.0
_MOVE = f"`ctx down && ctx up --port {stack.DEFAULT_PORT}` gives it the usual one."


def up(
    port: Annotated[
        int | None,
        Option("--port", min=1, max=65535, envvar="CONTEXTFS_PORT", help="The port; by default the last one, or 8420."),
    ] = None,
    take_logins: Annotated[
        bool, Option("--take-logins", help="Take over the logins of DATABASE_URL's server from another home, for good.")
    ] = False,
    no_sample: Annotated[bool, Option("--no-sample", help="Start without the sample.")] = False,
    json: options.Json = False,
) -> None:
    """Start the platform on this machine, and return when it is ready: a database, the gateway, the relay, the worker.

    DATABASE_URL names your own Postgres; without it an embedded one is used. Stored data is kept. After an update, a
    platform that still runs the old code is stopped, and started with the new code.
    """
    progress = _progress(json)
    progress.show("Starting …")
    own = os.environ.get("DATABASE_URL") or None
    before = _home().saved()
    started = stack.up(_home(), database_url=own, port=port, take_logins=take_logins, tell=progress.show)
    brought = _sample(started) if started.fresh and not no_sample else None
    progress.clear()
    if json:
        output.say_json(msgspec.to_builtins(started) | {"sample": brought})
    else:
        _print(started, brought)
        if started.replaced:
            output.note(
                "It ran other code, or another model, than is installed: it was restarted with the installed ones."
            )
        if not started.api_url.endswith(f":{port or stack.DEFAULT_PORT}"):
            output.note(f"{_other_port(started, before.port if before else None)} {_MOVE}")
    for one in brought["failed"] if brought else ():
        output.note(f"ctx: {one['file']}: {one['error']}")


def down(json: options.Json = False) -> None:
    """Stop the platform of this machine; calls in progress are answered first, and its data stays."""
    progress = _progress(json)
    ran = stack.down(_home(), tell=progress.show)
    progress.clear()
    if json:
        output.say_json({"stopped": ran})
    else:
        output.say("Stopped. `ctx up` starts it again; its data stays." if ran else "It was not running.")


def _progress(json: bool) -> output.Progress:
    """Show what is waited for, where nobody watches too, unless a program reads along."""
    return output.Progress(every=None if json else _TELL_SECONDS)


def _home() -> stack.Home:
    return stack.Home.of(os.environ)


def _other_port(started: Stack, before: int | None) -> str:
    if before is not None and started.api_url.endswith(f":{before}"):
        return "It keeps the port that it had before, for links name it."
    return f"The {'usual port' if before is None else 'port that it had'} was taken, so it has another, and keeps it."


def _sample(started: Stack) -> dict[str, Any]:
    from clients.cli import sample  # noqa: PLC0415 - the first start alone needs the client

    brought = sample.bring(started.api_url, started.api_key)
    stack.measure(_home())
    return brought


def _print(started: Stack, brought: dict[str, Any] | None) -> None:
    output.say(output.bold("ContextFS is up."))
    output.say()
    output.block(
        [
            ("API URL", started.api_url),
            ("OpenAPI", started.openapi_url),
            ("Health", started.health_url),
            ("Database URL", started.database_url),
            ("Organization", f"{started.organization}  {started.org_id}"),
            ("Project", f"{started.project}  {started.project_id}"),
            ("API key", started.api_key),
            ("Embedder", started.embedder),
            ("Logs", started.logs),
            ("Sample", _sample_line(brought) if brought else ""),
        ]
    )
    output.say()
    output.say("Try:")
    if scripts := installation.beyond(os.environ.get("PATH", os.defpath)):
        output.say(f'  export PATH="{scripts}:$PATH"')
    for example in _WITH_SAMPLE if brought else _WITHOUT_SAMPLE:
        output.say(f"  {example}")


def _sample_line(brought: dict[str, Any]) -> str:
    conversations = output.counted(brought["sessions"]["new"], "conversation")
    messages = output.counted(brought["messages"]["stored"], "message")
    return f"{conversations}, {messages} in the project {brought['project']}"
