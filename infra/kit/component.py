"""A group of resources that belong together: the components of both clouds are made of it."""

from collections.abc import Sequence

import pulumi


class Component(pulumi.ComponentResource):
    """A named group. Its docstring says what it owns, and what it deliberately does not."""

    def __init__(
        self,
        name: str,
        parent: pulumi.Resource | None,
        *,
        providers: Sequence[pulumi.ProviderResource] = (),
    ) -> None:
        cloud = type(self).__module__.split(".")[-2]
        options = pulumi.ResourceOptions(parent=parent, providers=list(providers) or None)
        super().__init__(f"contextfs:{cloud}:{type(self).__name__}", name, None, options)

    def inside(
        self,
        *,
        after: Sequence[pulumi.Resource] = (),
        protect: bool = False,
        stays: Sequence[str] = (),
        left: bool = False,
        minutes: int | None = None,
    ) -> pulumi.ResourceOptions:
        """Give the options of a resource of this group; it is made after others that no input tells of.

        What `stays` names keeps the value that it was made with; a resource that is `left` is there after a destroy. It
        may take so many `minutes` to be made or changed, in the place of what its provider says.
        """
        patience = None if minutes is None else pulumi.CustomTimeouts(create=f"{minutes}m", update=f"{minutes}m")
        return pulumi.ResourceOptions(
            parent=self,
            depends_on=list(after),
            protect=protect,
            ignore_changes=list(stays) or None,
            retain_on_delete=left or None,
            custom_timeouts=patience,
        )
