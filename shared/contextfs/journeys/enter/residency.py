"""Say what becomes of an organization's calls in regions where it does not live."""

from contextfs.domain.homes import store
from contextfs.domain.homes.model import Home, Residency, ResidencyChange
from contextfs.kit.call import Call
from contextfs.kit.errors import NotFound
from contextfs.kit.regions import Elsewhere


def read(call: Call) -> Residency:
    """Read where the organization lives; where it said nothing about calls elsewhere, the installation does."""
    return _told(call, _home(call))


def change(call: Call, wanted: ResidencyChange) -> Residency:
    """Set what becomes of calls elsewhere. Where it lives is not changed by this: data would have to move."""
    home = _home(call)
    made = Home(home.org_id, home.region, wanted.elsewhere)
    store.put(call.tx, made, call.now)
    call.note(elsewhere=wanted.elsewhere, before=home.elsewhere)
    return _told(call, made)


def _home(call: Call) -> Home:
    home = store.get(call.tx, call.principal.org_id)
    if home is None:
        raise NotFound("There is no such organization, or it is not yours to see.")
    return home


def _told(call: Call, home: Home) -> Residency:
    regions = call.services.regions
    otherwise: Elsewhere = "forward" if regions is None else regions.elsewhere
    others = () if regions is None else regions.neighbours
    return Residency(region=home.region, elsewhere=home.elsewhere or otherwise, others=sorted(others))
