"""Which conversation a request belongs to, told by what it repeats."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from contextfs.domain.sessions.model import ToolCall
from contextfs.recording.model import Turn
from contextfs.recording.threads import Threads


def turns(*texts: str) -> list[Turn]:
    """Give turns of the user and the assistant, one after the other."""
    return [Turn(role="assistant" if place % 2 else "user", content=text) for place, text in enumerate(texts)]


class Kept:
    """What a store would hold: messages by session, each link once."""

    def __init__(self, threads: Threads | None = None) -> None:
        self.threads = threads or Threads()
        self.sessions: dict[str, dict[str, str]] = {}

    def say(self, *texts: str, session: str | None = None, cut: bool = False) -> str:
        """Take a request with its reply; gives the session's name."""
        said = turns(*texts)
        placed = self.threads.place(said, tool="t", session=session, cut=cut)
        stored = self.sessions.setdefault(placed.thread.name, {})
        for turn, link in zip(said[placed.new :], placed.links, strict=True):
            stored.setdefault(link, turn.content)
        return placed.thread.name

    def texts(self) -> list[list[str]]:
        """Give what was said in each session."""
        return [list(one.values()) for one in self.sessions.values()]


def test_a_conversation_that_goes_on_is_one() -> None:
    kept = Kept()

    kept.say("a", "b")
    kept.say("a", "b", "c", "d")
    kept.say("a", "b", "c", "d", "e", "f")

    assert kept.texts() == [["a", "b", "c", "d", "e", "f"]]


def test_the_same_request_and_reply_is_stored_once() -> None:
    kept = Kept()

    kept.say("a", "b", "c", "d")
    kept.say("a", "b")
    kept.say("a", "b", "c", "d")

    assert kept.texts() == [["a", "b", "c", "d"]]


def test_an_answer_that_is_asked_for_anew_is_a_fork_and_both_go_on() -> None:
    kept = Kept()

    first = kept.say("a", "b", "c", "d")
    fork = kept.say("a", "b", "c", "other")
    assert kept.say("a", "b", "c", "other", "e", "f") == fork
    assert kept.say("a", "b", "c", "d", "g", "h") == first

    assert kept.texts() == [["a", "b", "c", "d", "g", "h"], ["a", "b", "c", "other", "e", "f"]]


def test_two_that_begin_alike_part_when_they_differ() -> None:
    kept = Kept()

    kept.say("hi", "hello")
    kept.say("hi", "hello", "which port?", "8443")
    kept.say("hi", "hello")
    kept.say("hi", "hello", "who are you?", "a model")

    assert kept.texts() == [["hi", "hello", "which port?", "8443"], ["hi", "hello", "who are you?", "a model"]]


def test_a_reply_that_was_cut_is_asked_for_anew_in_the_same_conversation() -> None:
    kept = Kept()

    kept.say("a", "b", "c", "d, bu", cut=True)
    kept.say("a", "b", "c", "d, but")
    kept.say("a", "b", "c", "d, but", "e", "f")

    assert kept.texts() == [["a", "b", "c", "d, bu", "d, but", "e", "f"]]


def test_another_process_gives_the_same_names() -> None:
    before, after = Kept(), Kept()
    before.say("a", "b")
    before.say("a", "b", "c", "d")

    after.say("a", "b", "c", "d", "e", "f")

    assert list(before.sessions) == list(after.sessions)
    [one], [other] = before.sessions.values(), after.sessions.values()
    assert list(one) == list(other)[:4]


def test_spaces_and_ids_make_no_difference() -> None:
    threads = Threads()
    calls = [ToolCall(id=name, name="ls", input={"a": 1, "b": 2}) for name in ("1", "2")]
    other = ToolCall(id="3", name="ls", input={"b": 2, "a": 1})

    first = threads.place([Turn(role="user", content="a "), Turn(role="assistant", calls=(calls[0],))], tool="t")
    again = threads.place([Turn(role="user", content=" a"), Turn(role="assistant", calls=(other,))], tool="t")

    assert (again.thread, again.links) == (first.thread, [])


def test_a_named_conversation_may_send_its_last_messages_only() -> None:
    kept = Kept()

    kept.say("a", "b", session="s")
    kept.say("a", "b", "c", "d", session="s")
    kept.say("c", "d", "e", "f", session="s")
    kept.say("a", "b", "e", "f", "g", "yes", session="s")  # the middle was left out
    kept.say("never", "before", session="s")
    kept.say("a", "b", session="other")

    assert kept.texts() == [["a", "b", "c", "d", "e", "f", "g", "yes", "never", "before"], ["a", "b"]]


def test_scopes_and_tools_are_apart() -> None:
    threads = Threads()

    names = {
        threads.place(turns("a", "b"), tool=tool, scope=scope).thread.name
        for tool, scope in (("t", None), ("u", None), ("t", "1"), ("t", "2"))
    }

    assert len(names) == 4


def test_what_is_remembered_is_bounded() -> None:
    threads = Threads(most=10)
    for number in range(50):
        threads.place(turns(f"q{number}", "a"), tool="t")

    remembered = [threads._by_link, threads._by_reply, threads._by_name]  # pyright: ignore[reportPrivateUsage]
    assert [len(one) <= 10 for one in remembered] == [True, True, True]


conversations = st.lists(st.lists(st.text("ab", min_size=1, max_size=2), min_size=2, max_size=10), max_size=5)


@given(conversations, st.randoms(use_true_random=False))
def test_whatever_goes_on_at_once_each_is_whole_in_one_session(talks: Sequence[list[str]], random: object) -> None:
    """Every request, when it is answered, stands whole and in its order in the session that it was placed in."""
    del random
    kept = Kept()
    waiting = [list(talk[: len(talk) // 2 * 2]) for talk in talks]
    for size in range(2, 12, 2):
        for talk in waiting:
            if size > len(talk):
                continue
            name = kept.say(*talk[:size])
            stored = iter(kept.sessions[name].values())
            assert all(text in stored for text in talk[:size])
