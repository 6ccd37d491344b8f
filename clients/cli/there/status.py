"""`ctx status` of the platform on this machine."""

import os

from clients.cli.shown import output
from contextfs.runtime import stack
from contextfs.runtime.stack import StackStatus

OUTDATED = "It runs with other code, or another model, than is installed here: `ctx up` restarts it with these."


def show(*, json: bool) -> int:
    """Tell which processes run, how much memory they hold, and which events are on their way; 1 when it is not well."""
    found = stack.status(stack.Home.of(os.environ))
    if json:
        output.say_json(found)
    else:
        _print_status(found)
    return 0 if found.state == "running" else 1


def _print_status(found: StackStatus) -> None:
    address = f" at {found.api_url}" if found.api_url else ": `ctx up` starts it"
    output.say(f"ContextFS is {found.state}{address}")
    if found.processes:
        output.say()
        rows = [
            [
                process.name,
                process.state,
                str(process.pid or "-"),
                f"{process.memory_mb:.0f} MB" if process.memory_mb else "-",
                str(max(0, process.starts - 1)) if process.starts else "-",
            ]
            for process in found.processes
        ]
        output.table(["process", "state", "pid", "memory", "restarts"], rows)
        for process in found.processes:
            if process.ended_at is not None:
                again = "and was started again" if process.state == "running" else "and is being started again"
                by = output.one_line(process.ended_by, 200)
                output.say(f"The {process.name} ended at {output.minute(process.ended_at)} ({by}), {again}.")
    if found.outbox is not None and found.deliveries is not None:
        output.say()
        on_their_way = found.outbox + found.deliveries
        output.say(
            f"{output.counted(on_their_way, 'event')} on their way" if on_their_way else "Every event was taken."
        )
    if found.outdated:
        output.say(OUTDATED)
    if found.unindexed:
        things = output.counted(found.unindexed, "session or memory", "sessions and memories")
        output.say(f"{things} not yet searchable, or not as they are now")
    if found.unembedded:
        output.say(f"{output.counted(found.unembedded, 'passage')} without vectors yet: found by words until then")
