"""Push: a machine gives what it has; all that is new is stored at once, and others learn of it by the feed."""

from contextfs.domain.access.rules import may
from contextfs.domain.feed.model import Push, Pushed, Refused, SentSession
from contextfs.domain.projects import store as projects
from contextfs.domain.sessions import store
from contextfs.domain.sessions.model import NewSession, Session, SessionChange
from contextfs.journeys.capture import sessions
from contextfs.journeys.share.taking import take
from contextfs.kit.call import Call
from contextfs.kit.errors import Conflict, ContextFSError, Invalid, NotAllowed, NotFound


def push(call: Call, sent: Push) -> Pushed:
    """Store what is new; NotFound when the project is not the caller's. What is refused does not stop the rest."""
    projects.get(call.tx, sent.project_id)
    call.origin = sent.origin
    call.note(subject=sent.project_id, project_id=sent.project_id)
    refused: list[Refused] = []
    stored, duplicates = take(call, sent.project_id, sent.revisions, refused)
    if sent.sessions:
        may(call.principal, "sessions:write")
    for index in sorted(range(len(sent.sessions)), key=lambda one: _name(sent.sessions[one])):
        try:
            kept, known = _session(call, sent, sent.sessions[index])
        except ContextFSError as error:
            refused.append(Refused(kind="session", index=index, reason=error.detail))
        else:
            stored, duplicates = stored + kept, duplicates + known
    refused.sort(key=lambda one: (one.kind, one.index))
    call.quantity = stored
    call.details = {"stored": stored, "duplicates": duplicates, "refused": len(refused)}
    return Pushed(stored=stored, duplicates=duplicates, refused=refused)


def _name(sent: SentSession) -> tuple[str, str]:
    """Name a session; they are taken in the order of their names, so that two who push never wait for each other."""
    return (sent.session.tool, sent.session.external_id or "")


def _session(call: Call, sent: Push, one: SentSession) -> tuple[int, int]:
    """Store a session with its messages; gives how much was new, and how much was there."""
    if one.session.project_id != sent.project_id:
        raise Conflict("the session names another project than the push")
    if one.session.external_id is None:
        raise Invalid("the session has no external_id, by which it is known again")
    if one.session.visibility == "private":
        _may_hide(call, one.session)
    written = sessions.create(call, one.session)
    stored, duplicates = written.receipt.stored, written.receipt.duplicates
    stored += _changed(call, written.session, one.session)
    if one.completed and written.session.status != "completed":
        sessions.complete(call, written.session.id, one.ended_at, learned=one.learned)
        stored += 1
    return stored, duplicates


def _may_hide(call: Call, said: NewSession) -> None:
    """Stop with NotAllowed when a session that is there, and is another's, would become private."""
    try:
        known = store.get_external(call.tx, said.project_id, said.tool, said.external_id)
    except NotFound:
        return
    if store.author(call.tx, known.id) != call.principal.reader_id:
        raise NotAllowed("only who captured a session can make it private")


def _changed(call: Call, session: Session, said: NewSession) -> bool:
    """Bring to a session what its machine says of it now: who may see it, and how many tokens it took."""
    tokens = (max(session.input_tokens, said.input_tokens), max(session.output_tokens, said.output_tokens))
    if (session.visibility, session.input_tokens, session.output_tokens) == (said.visibility, *tokens):
        return False
    wanted = SessionChange(visibility=said.visibility, input_tokens=tokens[0], output_tokens=tokens[1])
    sessions.change(call, session.id, wanted)
    return True
