"""How a caller comes in: may they try, who are they, and do they come from where they may. One round trip."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from contextfs.domain.access import renewal
from contextfs.domain.lockouts import store as lockouts
from contextfs.domain.lockouts.model import Attempt
from contextfs.domain.networks.model import CallerKind
from contextfs.kit.errors import NotAllowed
from contextfs.kit.ports import Database, Meanwhile, Parameters, Row, Statement, Transaction
from contextfs.runtime.door import lockout

Entered = tuple[Transaction, Row | None, Callable[[], None]]
"""An open transaction, who was found, and what lets them in."""


@dataclass(frozen=True)
class Entrance:
    """Where somebody comes in: what kind of caller, from which address, and what is tried, if that is counted."""

    kind: CallerKind
    address: str | None
    tried: Attempt | None

    def beforehand(self, entering: tuple[str, Parameters]) -> Sequence[Statement]:
        """Give what is asked before it is looked for them: what they tried, and that their hash is made anew."""
        looking = () if self.tried is None else (lockouts.looking(self.tried),)
        return (*looking, *renewal.renewing(entering[1]))

    @contextmanager
    def opened(
        self,
        database: Database,
        entering: tuple[str, Parameters],
        now: datetime,
        *,
        ahead: Sequence[Statement] = (),
        meanwhile: Meanwhile | None = None,
        at_once: bool = False,
        presumed: Row | None = None,
    ) -> Generator[Entered]:
        """Open their transaction; they are let in as soon as they are known to be right.

        What is read `ahead` or `meanwhile` is seen by their claims: by nobody's, where they are not found. Who they are
        `presumed` to be is given before they are found: where nothing comes before that.
        """
        tried = self.tried
        query, named = entering
        coming: Statement = query, {**named, "kind": self.kind, "address": self.address}
        first = (*self.beforehand(entering), coming)
        opened = database.transaction(*first, ahead=ahead, meanwhile=meanwhile, at_once=at_once, presumed=presumed)
        with opened as (tx, (*looked, found)):
            before = lockouts.tries(None if tried is None else looked[0])
            lockout.check(before, now)

            def let_in() -> None:
                if found is not None and not found["is_within"]:
                    where = self.address or "an unknown address"
                    raise NotAllowed(f"The organization may not be called from {where}.")
                if tried is not None and before.tries:
                    lockouts.forgive(tx, tried)

            yield tx, found, let_in
