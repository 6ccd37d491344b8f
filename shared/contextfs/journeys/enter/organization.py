"""Found an organization with its first member, project and key, and dissolve one."""

import hmac
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import msgspec

from contextfs.domain.access import keys
from contextfs.domain.access import store as access
from contextfs.domain.access.people import store as people
from contextfs.domain.access.people.model import NewUser
from contextfs.domain.access.rules import ROLES
from contextfs.domain.projects import store as projects
from contextfs.domain.projects.model import NewProject
from contextfs.kit.call import Services
from contextfs.kit.ids import Entropy, uuid7s
from contextfs.kit.pepper import name_of

_DERIVED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""The time in the ids that follow from a secret, which must not change."""


class Founding(msgspec.Struct, frozen=True, kw_only=True):
    """The ids, names and key of a first organization, chosen beforehand: founding it twice changes nothing."""

    org_id: UUID
    user_id: UUID
    project_id: UUID
    key_id: UUID
    key: str
    organization: str
    email: str
    project: str


def plan(*, organization: str, email: str, project: str, now: datetime, entropy: Entropy) -> Founding:
    """Choose the ids and the key of an organization that is to be founded."""
    org_id, user_id, project_id, key_id = uuid7s(now, entropy, 4)
    return Founding(
        org_id=org_id,
        user_id=user_id,
        project_id=project_id,
        key_id=key_id,
        key=keys.mint(org_id, key_id, environment="live", entropy=entropy),
        organization=organization,
        email=email,
        project=project,
    )


def derive(secret: str, *, organization: str, email: str, project: str) -> Founding:
    """Let a secret choose the ids and the key: whoever holds it can tell the key at any time, and nobody else can.

    The bytes are those of HMAC-SHA-256 in counter mode (NIST SP 800-108), so the key is as hard to guess as the secret.
    """
    counter = count(1)

    def entropy(size: int) -> bytes:
        blocks = (hmac.digest(secret.encode(), next(counter).to_bytes(4, "big"), "sha256") for _ in range(0, size, 32))
        return b"".join(blocks)[:size]

    return plan(organization=organization, email=email, project=project, now=_DERIVED_AT, entropy=entropy)


def found(services: Services, founding: Founding, now: datetime, *, region: str = "local") -> bool:
    """Found an organization in one transaction; False when it is there already."""
    with services.database.transaction(access.assuming(founding.org_id, founding.user_id)) as (tx, _):
        fresh = access.insert_organization(
            tx, founding.org_id, name=founding.organization, plan="free", region=region, now=now
        )
        if not fresh:
            return False
        people.insert(tx, founding.org_id, founding.user_id, NewUser(email=founding.email, role="owner"), now)
        new = NewProject(name=founding.project)
        projects.insert(tx, founding.org_id, founding.project_id, new, by=founding.user_id, now=now)
        access.insert_key(
            tx,
            {
                "org_id": founding.org_id,
                "id": founding.key_id,
                "project_id": None,
                "user_id": founding.user_id,
                "name": "first key",
                "hash": keys.digest(founding.key, services.key_pepper),
                "pepper": name_of(services.key_pepper),
                "hint": keys.hint(founding.key),
                "role": "owner",
                "permissions": list(ROLES["owner"]),
                "created_by": founding.user_id,
                "expires_at": None,
                "now": now,
            },
        )
    return True


def dissolve(services: Services, founding: Founding) -> None:
    """Take an organization out of the database with all that it has; its audit log and its history stay."""
    with services.database.transaction(access.assuming(founding.org_id, founding.user_id)) as (tx, _):
        access.delete_organization(tx, founding.org_id)
