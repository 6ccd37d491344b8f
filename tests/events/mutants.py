"""Four classic mistakes, made in a copy of the code, that the ledger must catch. Windows are widened by a pause."""

from dataclasses import dataclass

from tests import mutation


@dataclass(frozen=True)
class Mutant(mutation.Mutant):
    """A mistake, and the counters of the verdict that have to show it."""

    shows_as: tuple[str, ...]


MUTANTS = (
    Mutant(
        name="acknowledge before the commit",
        file="adapters/database/postgres.py",
        right="""\
                try:
                    yield transaction, [answer.row for answer in opened] if presumed is None else [presumed]
                except Exception:
                    transaction.check()  # what was presumed may be why
                    raise
                transaction.commit()
            except BaseException as error:
                _roll_back(connection)
                if is_stale(error):
                    connection.close()
                raise
            finally:
                self._give_back(connection)
""",
        wrong="""\
                try:
                    yield transaction, [answer.row for answer in opened] if presumed is None else [presumed]
                except Exception:
                    transaction.check()
                    raise
            except BaseException:
                _roll_back(connection)
                self._give_back(connection)
                raise
            import threading, time
            def later():
                time.sleep(0.2)
                try:
                    transaction.commit()
                finally:
                    self._give_back(connection)
            threading.Thread(target=later, daemon=True).start()
""",
        shows_as=("lost",),
    ),
    Mutant(
        name="the fact and its event in two transactions",
        file="runtime/door/door.py",
        right="""\
            settle(call, audits=route.audits, meters=route.meters, request_id=asked.request_id)
            if key is not None:
                idempotency.keep(call, key, reply(route, request, idempotency.without_secrets(result)))
""",
        wrong="""\
            if key is not None:
                idempotency.keep(call, key, reply(route, request, idempotency.without_secrets(result)))
        time.sleep(0.05)
        with self.services.database.transaction(entering(asked.credential, now)) as (tx, _):
            call.tx = tx
            settle(call, audits=route.audits, meters=route.meters, request_id=asked.request_id)
""",
        shows_as=("without_event", "not_delivered"),
    ),
    Mutant(
        name="mark as published before publishing",
        file="journeys/react/relay.py",
        right="""\
        try:
            bus.publish(events)
""",
        wrong="""\
        with database.transaction() as (tx, _):
            store.clear_outbox(tx, events)
        __import__("time").sleep(0.05)
        try:
            bus.publish(events)
""",
        shows_as=("without_event", "not_delivered"),
    ),
    Mutant(
        name="no deduplication at the consumer",
        file="runtime/events/reaction.py",
        right="""\
            if fresh is None:
                return False, None
""",
        wrong="""\
            __import__("time").sleep(0.05 if fresh is None else 0.0)
""",
        shows_as=("effects_doubled",),
    ),
)
