"""While one pepper replaces another, what is presented is hashed anew, in the round trip that looks for it."""

from collections.abc import Sequence

from contextfs.kit.pepper import Digest
from contextfs.kit.ports import Parameters, Statement
from contextfs.kit.sql import load

_SQL = load("contextfs.domain.access")


def renewing(entering: Parameters) -> Sequence[Statement]:
    """Give the statement that renews the hash that a caller comes with; none, where there is one pepper alone.

    It changes nothing unless the row has the hash of this very credential by another pepper. A credential that is
    refused afterwards, for it has ended or comes from elsewhere, may be hashed anew all the same (a read commits with
    its first round trip): that opens nothing which it did not open.
    """
    hashed = entering.get("hash")
    if not isinstance(hashed, Digest) or not hashed.others:
        return ()
    thing = next(entering[name] for name in ("id", "login_id", "token_id") if name in entering)
    named = {"org_id": entering["org_id"], "id": thing, "hash": hashed, "others": list(hashed.others)}
    return ((_SQL["renew_hash"], named | {"pepper": hashed.pepper}),)
