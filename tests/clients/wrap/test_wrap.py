"""A wrapped program behaves as one that is not, and what was said with it is kept."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from contextfs.domain.sessions.model import Message, Session
from contextfs.local.place import Place
from tests.clients.proxy.model import Model
from tests.clients.wrap.conftest import Start
from tests.clients.wrap.person import CTX, Person
from tests.contextfs.client.serving import serving_app

Kept = Callable[[], list[tuple[Session, list[Message]]]]
Program = Callable[[str], list[str]]

TALK = """
import getpass
print("Ask me.")
while True:
    try:
        said = input("> ")
    except EOFError:
        break
    if said == "secret":
        print("hidden", len(getpass.getpass("password: ")))
    else:
        print("You said", said.upper())
        print("twice")
"""
FULL = """
import sys
sys.stdout.write("\\x1b[?1049h\\x1b[2J\\x1b[H")
for number in range(3):
    sys.stdout.write(f"\\x1b[2J\\x1b[1;1H┌────┐\\x1b[2;1H│ page {number} │")
    sys.stdout.flush()
    input()
sys.stdout.write("\\x1b[?1049l")
print("bye")
"""


def said(kept: Kept) -> list[tuple[str, str]]:
    """Give who said what in the only session."""
    [(_, messages)] = kept()
    return [(one.role, one.content) for one in messages]


def test_a_dialogue_by_lines_is_told_in_turns(wrapped: Start, program: Program, kept: Kept) -> None:
    person = wrapped(*program(TALK))
    for line in ("which port?", "who knowz\x7fs?", "\x1b[Aup"):
        person.sees("> ")
        person.types(f"{line}\r")
        person.sees("twice")
    person.sees("> ")
    person.types("\x04")

    assert person.leaves() == 0
    assert said(kept)[:5] == [
        ("assistant", "Ask me."),
        ("user", "which port?"),
        ("assistant", "You said WHICH PORT?\ntwice"),
        ("user", "who knows?"),
        ("assistant", "You said WHO KNOWS?\ntwice"),
    ]
    [(session, _)] = kept()
    assert (session.status, session.metadata["capture"]) == ("completed", "rendered")


def test_a_password_is_not_kept(wrapped: Start, program: Program, kept: Kept, place: Place) -> None:
    person = wrapped(*program(TALK))
    person.sees("> ")
    person.types("secret\r")
    person.sees("password: ")
    person.types("Xy7-hunter-2\r")
    person.sees("hidden 12")
    person.types("\x04")

    assert person.leaves() == 0
    assert ("user", "secret") in said(kept)
    files = [one for one in place.root.parent.rglob("*") if one.is_file()]
    assert [one for one in files if b"Xy7-hunter-2" in one.read_bytes()] == []


def test_a_program_that_fills_the_screen_is_told_as_what_was_seen(wrapped: Start, program: Program, kept: Kept) -> None:
    person = wrapped(*program(FULL))
    for number in range(3):
        person.sees(f"page {number}")
        person.types("\r")
    person.sees("bye")

    assert person.leaves() == 0
    roles = dict(said(kept))
    assert roles["assistant"] == "bye"
    assert roles["tool"] == "page 0\npage 1\npage 2"
    assert "│" in person.shown  # the person saw it as it was


def test_size_colours_and_the_terminal_are_the_programs(wrapped: Start, program: Program) -> None:
    person = wrapped(
        *program(
            "import os, select, signal, sys\n"
            "print(os.isatty(0), os.isatty(1), os.isatty(2), os.get_terminal_size())\n"
            "def resized(*_):\n"
            "    os.write(1, f'now {os.get_terminal_size()}'.encode())\n"  # the signal may come amid a `print`
            "signal.signal(signal.SIGWINCH, resized)\n"
            "print('\\x1b[31mred\\x1b[0m', 'ready', flush=True)\n"
            "while not select.select([0], [], [], 0.1)[0]:\n"  # a signal just before a `read` would wait for its end
            "    pass\n"
        )
    )
    person.sees("\x1b[31mred\x1b[0m ready")
    person.resize(40, 120)
    person.sees("now os.terminal_size(columns=120, lines=40)")
    person.types("\r")

    assert person.leaves() == 0
    assert "True True True os.terminal_size(columns=100, lines=30)" in person.shown


@pytest.mark.parametrize(("text", "code"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", -9)])
def test_it_ends_as_the_program_ends(wrapped: Start, program: Program, text: str, code: int) -> None:
    assert wrapped(*program(text)).leaves() == code


@pytest.mark.parametrize(("text", "code"), [("raise SystemExit(7)", 7), ("print('bye')", 0)])
def test_it_ends_as_the_program_ends_where_there_is_no_waitid(
    text: str, code: int, place: Place, program: Program
) -> None:
    """As on macOS before Python 3.13."""
    without = "import os, sys; del os.waitid; sys.argv[0] = 'ctx'; from clients.cli.main import main; main()"
    person = Person([sys.executable, "-c", without, "wrap", *program(text)], place.root, os.environ)

    assert person.leaves() == code


@pytest.mark.parametrize("has_waitid", [True, False])
def test_who_was_waited_for_is_sent_no_signal(place: Place, program: Program, *, has_waitid: bool) -> None:
    """Its number may be another program's by then."""
    watched = (
        "import os, signal, sys\n"
        f"{'' if has_waitid else 'del os.waitid'}\n"
        "wait, kill, gone = os.waitpid, os.kill, set()\n"
        "def waitpid(process, options):\n"
        "    done, status = wait(process, options)\n"
        "    gone.add(done)\n"
        "    if done and signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:\n"
        "        signal.raise_signal(signal.SIGTERM)\n"
        "    return done, status\n"
        "os.waitpid = waitpid\n"
        "os.kill = lambda process, number: os._exit(99) if process in gone else kill(process, number)\n"
        "sys.argv[0] = 'ctx'\n"
        "from clients.cli.main import main; main()\n"
    )
    person = Person([sys.executable, "-c", watched, "wrap", *program("print('bye')")], place.root, os.environ)

    assert person.leaves() == 0


def test_ctrl_c_goes_to_the_program(wrapped: Start, program: Program) -> None:
    person = wrapped(
        *program(
            "import time\n"
            "try:\n    print('ready', flush=True)\n    time.sleep(30)\n"
            "except KeyboardInterrupt:\n    print('stopped')\n    raise SystemExit(3)\n"
        )
    )
    person.sees("ready")
    person.types("\x03")

    assert person.leaves() == 3
    assert "stopped" in person.shown


def test_jobs_of_a_shell_are_controlled_by_it(wrapped: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PS1", "ready> ")
    person = wrapped("sh", "-i")
    person.sees("ready> ")
    # By `exec`: a shell that is stopped in the moment in which it starts another program waits for it, and is not.
    person.types("sh -c 'echo ru''nning; exec sleep 30'\r")
    person.sees("running")
    person.types("\x1a")
    person.sees("topped")
    # A shell that has not yet seen its job end would stay, to say that there is one.
    person.types("kill -9 %1; while jobs %1 > /dev/null 2>&1; do sleep 0.1; done; echo d''one\r")
    person.sees("done")
    person.types("exit 5\r")

    assert person.leaves() == 5


def test_what_asks_us_to_end_asks_the_program(wrapped: Start, program: Program) -> None:
    person = wrapped(
        *program(
            "import os, signal, sys, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: (os.write(1, b'told to end'), sys.exit(4)))\n"
            "print('ready', flush=True)\ntime.sleep(30)\n"
        )
    )
    person.sees("ready")
    os.kill(person.program.pid, signal.SIGTERM)
    code = person.leaves()

    assert "told to end" in person.shown
    assert code == 4, person.shown


def piped(*command: str, given: bytes = b"", place: Place) -> subprocess.CompletedProcess[bytes]:
    """Run a program, wrapped, on pipes."""
    return subprocess.run([*CTX, "wrap", *command], cwd=place.root, input=given, capture_output=True, check=False)


def test_pipes_stay_pipes_and_bytes_are_the_same(program: Program, kept: Kept, place: Place) -> None:
    told = program("import os, sys; sys.stdout.write(f'{os.isatty(1)} {sys.stdin.read().upper()}')")

    ended = piped(*told, given="größe?\n".encode(), place=place)

    assert (ended.returncode, ended.stdout.decode(), ended.stderr) == (0, "False GRÖSSE?\n", b"")
    [(_, [asked, answer])] = kept()
    assert asked.content.endswith("größe?")
    assert answer.content == "False GRÖSSE?\n"


def test_much_that_is_piped_passes_whole_and_its_ends_are_kept(kept: Kept, place: Place) -> None:
    given = b"".join(b"line %09d\n" % number for number in range(200_000))

    ended = piped("cat", given=given, place=place)

    assert ended.stdout == given
    [(_, [_, answer])] = kept()
    assert answer.content.startswith("line 000000000\n")
    assert answer.content.rstrip().endswith("line 000199999")
    assert len(answer.content) < 3 << 20


def test_bytes_that_are_no_text_pass_and_are_counted(kept: Kept, place: Place) -> None:
    given = bytes(range(256)) * 100

    assert piped("cat", given=given, place=place).stdout == given
    [(_, [_, answer])] = kept()
    assert answer.content == "[25,600 bytes that are not text]"


@pytest.mark.parametrize(("command", "code"), [("no-such-program", 127), ("/etc/passwd", 126)])
def test_what_cannot_start_is_told_as_shells_do(kept: Kept, place: Place, command: str, code: int) -> None:
    ended = piped(command, place=place)

    assert ended.returncode == code
    assert ended.stderr.decode().startswith(f"ctx wrap: {command}: ")
    assert kept() == []


def test_a_reader_that_goes_ends_the_program(place: Place) -> None:
    first = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m clients.cli.main wrap yes | head -n 1"],
        cwd=place.root,
        capture_output=True,
        check=True,
        timeout=30,
    )

    assert first.stdout == b"y\n"


def test_where_nothing_can_be_kept_the_program_runs(program: Program, place: Place) -> None:
    place.config.write_text("format = 99", encoding="utf-8")

    ended = piped(*program("print('hello'); raise SystemExit(3)"), place=place)

    assert (ended.returncode, ended.stdout) == (3, b"hello\n")
    assert b"what was said is not kept: " in ended.stderr
    assert b"Traceback" not in ended.stderr


def test_words_behind_the_program_are_its_own(place: Place) -> None:
    ended = piped("echo", "--json", "--help", "-n", place=place)

    assert ended.stdout == b"--json --help -n\n"


CLAUDE = """#!{python}
import json, os, re, sys
folder = os.path.expanduser("~/.claude/projects/" + re.sub("[^a-zA-Z0-9]", "-", os.getcwd()))
os.makedirs(folder, exist_ok=True)
lines = [
    {{"type": "user", "uuid": "1", "parentUuid": None, "message": {{"role": "user", "content": sys.argv[1]}}}},
    {{"type": "assistant", "uuid": "2", "parentUuid": "1",
      "message": {{"id": "m", "role": "assistant", "content": [{{"type": "text", "text": "8443."}}]}}}},
]
about = {{"sessionId": "s1", "cwd": os.getcwd(), "version": "2.1.330", "timestamp": "2026-11-28T12:00:00Z"}}
with open(os.path.join(folder, "s1.jsonl"), "w") as file:
    file.writelines(json.dumps(about | line) + "\\n" for line in lines)
print("8443.", os.isatty(1))
raise SystemExit(6)
"""
BOT = """
import openai
with openai.OpenAI(api_key="k") as bot:
    print(bot.responses.create(model="m", input="Which port?").output_text)
"""


def test_a_tool_with_transcripts_runs_untouched_and_they_are_imported(wrapped: Start, kept: Kept, place: Place) -> None:
    tool = place.root.parent / "bin" / "claude"
    tool.parent.mkdir()
    tool.write_text(CLAUDE.format(python=sys.executable), encoding="utf-8")
    tool.chmod(0o755)
    person = wrapped(str(tool), "Which port?")
    person.sees("8443. True")

    assert person.leaves() == 6
    assert said(kept) == [("user", "Which port?"), ("assistant", "8443.")]
    assert [session.tool for session, _ in kept()] == ["claude-code"]


def test_a_tool_that_is_not_there_is_told_of_in_one_line(place: Place) -> None:
    ended = subprocess.run([*CTX, "wrap", "no/such/claude"], cwd=place.root, capture_output=True, check=False)

    assert (ended.returncode, ended.stderr) == (127, b"ctx wrap: no/such/claude: No such file or directory\n")


def test_a_tool_that_is_given_a_proxy_is_kept_by_what_it_asks(program: Program, kept: Kept, place: Place) -> None:
    with serving_app(Model(says=["8443."]).app()) as url:
        environment = os.environ | {"OPENAI_BASE_URL": f"{url}/v1"}
        command = [*CTX, "wrap", "--proxy", *program(BOT)]
        ended = subprocess.run(command, cwd=place.root, env=environment, capture_output=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"8443.\n", b"")
    assert said(kept) == [("user", "Which port?"), ("assistant", "8443.")]
