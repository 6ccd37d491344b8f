"""While one pepper replaces another, what is presented is hashed anew, in the round trip that looks for it."""

from collections.abc import Sequence

from contextfs.kit.pepper import Digest, digests
from contextfs.kit.ports import Parameters, Statement
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.access")


def renewing(entering: Parameters) -> Sequence[Statement]:
    """Give the statement that renews the hash that a caller comes with; none, where there is one pepper alone.

    It hashes toward one pepper alone, whatever comes first here: the newest, as the job `reseal` told the database. So
    programs with other settings do not undo it, and one that does not know that pepper hashes nothing. It changes
    nothing unless the row has the hash of this very credential by another pepper. A credential that is refused
    afterwards, for it has ended or comes from elsewhere, may be hashed anew all the same (a read commits with its first
    round trip): that opens nothing which it did not open.
    """
    hashed = entering.get("hash")
    if not isinstance(hashed, Digest) or not hashed.names:
        return ()
    thing = next(entering[name] for name in ("id", "login_id", "token_id") if name in entering)
    named = {"org_id": entering["org_id"], "id": thing, "names": list(hashed.names), "hashes": digests(hashed)}
    return ((_SQL["hash_anew"], named),)
