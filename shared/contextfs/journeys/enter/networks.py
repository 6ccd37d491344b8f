"""Say from where an organization may be called, without shutting oneself out."""

from contextfs.domain.networks import store
from contextfs.domain.networks.model import AllowList, AllowListChange
from contextfs.domain.networks.rules import holds, read
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid


def change(call: Call, wanted: AllowListChange) -> AllowList:
    """Set the allow-list; Invalid when the caller's own address would be in none of its networks."""
    networks = read(wanted.networks)
    if networks and not holds(networks, call.address):
        mine = f"Your own address, {call.address}," if call.address else "Your own address, which nobody knows here,"
        raise Invalid(f"{mine} is in none of these networks: add it, or you are shut out.", where="$.networks")
    covers = list(dict.fromkeys(wanted.covers)) if networks else []
    made = AllowList(networks=networks, covers=covers, updated_at=call.now if networks else None)
    store.put(call.tx, call.principal.org_id, made, by=call.principal.actor_id, now=call.now)
    call.note(networks=networks, covers=covers)
    return made
