"""Options that several commands share, declared once as a dataclass and taken by a command as one argument."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_type_hints

Group = type[Any]


def takes(function: Callable[..., None]) -> Callable[..., None]:
    """Spread every dataclass parameter of a command into its fields, each an option of the command.

    The fields are annotated as typer wants it: `Annotated[type, typer.Option(...)]` with a default.
    """
    hints = get_type_hints(function, include_extras=True)
    given = inspect.signature(function).parameters
    groups: dict[str, Group] = {name: hints[name] for name in given if is_dataclass(hints[name])}
    parameters: list[inspect.Parameter] = []
    for name, parameter in given.items():
        if name in groups:
            parameters += _options(groups[name])
        else:
            parameters.append(parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY))

    @functools.wraps(function)
    def command(**values: Any) -> None:
        made = {
            name: group(**{f.name: values.pop(f.name) for f in fields(group)})
            for name, group in groups.items()
        }
        function(**made, **values)

    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    del command.__wrapped__  # typer would look through it to the function that takes the groups
    return command


def _options(group: Group) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default if field.default is not MISSING else inspect.Parameter.empty,
            annotation=hints[field.name],
        )
        for field in fields(group)
    ]
