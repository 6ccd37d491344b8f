"""Create sources and rotate their secrets, which nobody can read back."""

from datetime import timedelta
from uuid import UUID

from contextfs.domain.sources import sealing, signatures, store
from contextfs.domain.sources.address import Place
from contextfs.domain.sources.model import NewSecret, NewSource, Preset, Scheme, Source, SourceCreated
from contextfs.kit.call import Call
from contextfs.kit.errors import Invalid

_SCHEMES: dict[Preset, Scheme] = {"json": "standard", "openai": "standard", "github": "github", "slack": "slack"}


def create(call: Call, new: NewSource) -> SourceCreated:
    """Create a source that sends into one project; its secret is made here, unless its sender has one."""
    scheme = new.scheme or _SCHEMES[new.preset]
    _check(new, scheme)
    source_id = call.new_id()
    secret = new.secret or signatures.mint(scheme, call.principal.org_id, source_id, call.services.entropy)
    sealed = sealing.seal(secret, call.services.key_pepper, source_id, call.services.entropy)
    place = Place(call.principal.org_id, source_id)
    source = store.insert(call.tx, place, new, scheme=scheme, sealed=sealed, by=call.principal.actor_id, now=call.now)
    call.emit("source.created", source_id, new.project_id)
    return SourceCreated(source=source, secret=secret)


def rotate(call: Call, source_id: UUID, wanted: NewSecret) -> SourceCreated:
    """Give a source a new secret; by the one that it had, it may sign for some hours more."""
    source = store.get(call.tx, source_id)
    org_id, entropy = call.principal.org_id, call.services.entropy
    secret = wanted.secret or signatures.mint(source.scheme, org_id, source_id, entropy)
    sealed = sealing.seal(secret, call.services.key_pepper, source_id, entropy)
    until = call.now + timedelta(hours=wanted.grace_hours)
    rotated = store.rotate(call.tx, source_id, sealed=sealed, former_until=until, now=call.now)
    call.emit("source.rotated", source_id, source.project_id)
    return SourceCreated(source=rotated, secret=secret)


def delete(call: Call, source_id: UUID) -> Source:
    """End a source: what it sends from now on is refused, what it sent stays."""
    source = store.get(call.tx, source_id)
    store.delete(call.tx, source_id)
    call.emit("source.deleted", source_id, source.project_id)
    return source


def _check(new: NewSource, scheme: Scheme) -> None:
    """Refuse what could not be read, or would be stored twice."""
    mapping = new.mapping
    if mapping is None:
        return
    if new.preset != "json":
        raise Invalid("A mapping is for the preset json: leave it out, or choose json.", where="$.mapping")
    if scheme == "github" and mapping.id is None:
        detail = "This scheme signs no time: without the path of an `id`, what is sent again would be stored twice."
        raise Invalid(detail, where="$.mapping.id")
