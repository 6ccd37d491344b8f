"""Commands as Typer knows them: for help, and for whatever a command line has wrong."""

from inspect import Parameter as Place
from inspect import Signature
from typing import Annotated, Any

import typer

from clients.cli.command import Argument, Function, Group, Parameter, parameters


def app_of(command: Function | Group) -> typer.Typer:
    """Make a program of a group, or of a function that is a command by itself."""
    if isinstance(command, Group):
        app = _typer(command.about)
        for name, function in command.commands.items():
            app.command(name)(_explained(function))
        return app
    app = _typer(command.__doc__ or "")
    app.command()(_explained(command))
    return app


def _typer(about: str) -> typer.Typer:
    return typer.Typer(
        help=about,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def _explained(function: Function) -> Function:
    """Give a function that does the same, and is described in Typer's words."""

    def call(**values: Any) -> int | None:
        return function(**values)

    places = [_place(one) for one in parameters(function)]
    call.__doc__, call.__name__ = function.__doc__, function.__name__
    call.__annotations__ = {place.name: place.annotation for place in places}
    vars(call)["__signature__"] = Signature(places)
    return call


def _place(one: Parameter) -> Place:
    default = Place.empty if one.is_required else one.default
    return Place(one.name, Place.KEYWORD_ONLY, default=default, annotation=Annotated[one.hint, _told(one)])


def _told(one: Parameter) -> Any:
    if isinstance(one.told, Argument):
        return typer.Argument(help=one.told.help)
    told = one.told
    return typer.Option(
        *told.names.split(), help=told.help, min=told.min, max=told.max, envvar=told.envvar, hidden=told.hidden
    )
