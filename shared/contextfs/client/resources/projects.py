"""Projects: `client.projects`."""

from typing import Any, TypedDict, Unpack

from contextfs.client.http.pages import Listing
from contextfs.client.http.transport import Transport, segment
from contextfs.client.login.address import Id, as_uuid
from contextfs.domain.projects.model import NewProject, Project, ProjectChange
from contextfs.kit.page import Page
from contextfs.kit.personal import Personal

_PATH = "/v1/projects"


class ProjectChanges(TypedDict, total=False):
    """Fields of a project that can be changed; what is left out stays as it is."""

    name: str
    description: str | None
    metadata: dict[str, Any]
    personal: list[Personal] | None


class Projects:
    """Creates, reads, changes and deletes projects."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        name: str,
        *,
        id: Id | None = None,  # noqa: A002 - the field's name in the API
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        personal: list[Personal] | None = None,
    ) -> Project:
        """Create a project; its name is unique in the organization (Conflict). A repository may bring its own `id`.

        `personal` is the personal data that is taken out, as secrets are; None leaves that to the server.
        """
        given = None if id is None else as_uuid(id, "id")
        new = NewProject(name=name, id=given, description=description, metadata=metadata or {}, personal=personal)
        return self._transport.call("POST", _PATH, Project, body=new)

    def list(self, *, name: str | None = None, page_size: int | None = None) -> Listing[Project]:
        """List the projects that are open to the caller, newest first; `name` finds one by its name."""
        query = {"name": name, "limit": page_size}
        return Listing(
            lambda cursor: self._transport.call("GET", _PATH, Page[Project], query={**query, "cursor": cursor})
        )

    def get(self, project_id: Id) -> Project:
        """Read one project."""
        return self._transport.call("GET", f"{_PATH}/{segment(project_id)}", Project)

    def update(self, project_id: Id, *, if_match: str | None = None, **changes: Unpack[ProjectChanges]) -> Project:
        """Change a project; with `if_match`, only if it still has that version."""
        path = f"{_PATH}/{segment(project_id)}"
        return self._transport.call("PATCH", path, Project, body=ProjectChange(**changes), if_match=if_match)

    def delete(self, project_id: Id, *, if_match: str | None = None) -> None:
        """Delete a project with every session and memory in it."""
        self._transport.send("DELETE", f"{_PATH}/{segment(project_id)}", if_match=if_match)
