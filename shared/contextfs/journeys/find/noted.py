"""What the audit log tells of a question: its hash and how much was found, never its words."""

from hashlib import sha256

from contextfs.kit.call import Call


def note_question(call: Call, question: str, found: int) -> None:
    """Note a question by its SHA-256, in hex, so that who has the words can tell when they were asked."""
    call.note(query_sha256=sha256(question.encode("utf-8", "surrogatepass")).hexdigest(), found=found)
