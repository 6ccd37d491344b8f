"""Found an organization with its first member, project and key: what a fresh installation needs to begin."""

from datetime import datetime
from uuid import UUID

import msgspec

from contextfs.domain.access import keys
from contextfs.domain.access import store as access
from contextfs.domain.access.rules import ROLES
from contextfs.domain.projects import store as projects
from contextfs.domain.projects.model import NewProject
from contextfs.kit.call import Services
from contextfs.kit.ids import uuid7


class Founding(msgspec.Struct, frozen=True, kw_only=True):
    """The ids and names of a first organization; founding it twice changes nothing."""

    org_id: UUID
    user_id: UUID
    project_id: UUID
    organization: str
    email: str
    project: str


class Founded(msgspec.Struct, frozen=True, kw_only=True):
    """A founded organization; `key` is None when it existed already."""

    founding: Founding
    key: str | None


def found(services: Services, founding: Founding, now: datetime) -> Founded:
    """Found an organization in one transaction, unless it is there."""
    with services.database.transaction(access.assuming(founding.org_id, founding.user_id)) as (tx, _):
        fresh = access.insert_organization(
            tx, founding.org_id, name=founding.organization, plan="free", region="local", now=now
        )
        if not fresh:
            return Founded(founding=founding, key=None)
        access.insert_membership(
            tx, founding.org_id, founding.user_id, email=founding.email, name=None, role="owner", now=now
        )
        new = NewProject(name=founding.project)
        projects.insert(tx, founding.org_id, founding.project_id, new, by=founding.user_id, now=now)
        key_id = uuid7(now, services.entropy)
        secret = keys.mint(founding.org_id, key_id, environment="live", entropy=services.entropy)
        access.insert_key(
            tx,
            {
                "org_id": founding.org_id,
                "id": key_id,
                "project_id": None,
                "user_id": founding.user_id,
                "name": "first key",
                "hash": keys.digest(secret, services.key_pepper),
                "hint": keys.hint(secret),
                "role": "owner",
                "permissions": list(ROLES["owner"]),
                "created_by": founding.user_id,
                "expires_at": None,
                "now": now,
            },
        )
    return Founded(founding=founding, key=secret)
