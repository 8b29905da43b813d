"""What applies where: the value of each option and of each column, with the place it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from divcli import __version__
from divcli.errors import Status

SettingValue = str | float | bool | tuple[str, ...] | None
Place = Literal["flag", "variable", "file", "default"]


class Origin(NamedTuple):
    """Where a value comes from: the kind of place, and the variable's name or the file's key."""

    place: Place
    name: str | None = None


class Setting(NamedTuple):
    """An option, its value, where that comes from, and for which commands."""

    option: str
    value: SettingValue
    origin: Origin
    commands: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The setting as documents list it."""
        return {
            "option": self.option,
            "value": _listed(self.value),
            "from": self.origin.place,
            "name": self.origin.name,
            "commands": list(self.commands),
        }


class ColumnSetting(NamedTuple):
    """A setting of the columns that a pattern names; of one column where it was asked for.

    pattern: None where nothing is set, so that the column is as the rest of the table.
    """

    pattern: str | None
    setting: str
    value: SettingValue
    key: str | None

    def to_dict(self) -> dict[str, Any]:
        """The setting as documents list it."""
        return self._asdict() | {"value": _listed(self.value)}


@dataclass(frozen=True, slots=True)
class SettingsReport:
    """The settings that apply, and the file that was read, if any.

    column: the column that was asked about; then `columns` are its settings, all of them.
    """

    file: str | None
    settings: tuple[Setting, ...]
    columns: tuple[ColumnSetting, ...]
    column: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def exit_status(self) -> Status:
        """Telling what is set never exceeds a limit."""
        return Status.OK

    def to_dict(self) -> dict[str, Any]:
        """The document of the command `config`."""
        return {
            "schema": "divcli/config/1",
            "divcli": __version__,
            "file": self.file,
            "settings": [one.to_dict() for one in self.settings],
            "column": self.column,
            "columns": [one.to_dict() for one in self.columns],
            "notes": list(self.notes),
            "exit_status": int(self.exit_status),
        }

    def to_records(self) -> list[dict[str, Any]]:
        """One record a setting, those of columns last."""
        return [
            *({**one.to_dict(), "value": text_of_value(one.value), "file": self._file(one),
               "commands": " ".join(one.commands)} for one in self.settings),
            *({"option": one.setting, "value": text_of_value(one.value),
               "from": "file" if one.key else "default", "name": one.key,
               "file": self.file if one.key else None,
               "column": self.column if one.pattern is None else one.pattern}
              for one in self.columns),
        ]  # fmt: skip

    def _file(self, setting: Setting) -> str | None:
        return self.file if setting.origin.place == "file" else None


def text_of_value(value: SettingValue) -> str:
    """A value as it is typed: empty where there is none, several with blanks between."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value)
    return value if isinstance(value, str) else f"{value:g}"


def _listed(value: SettingValue) -> Any:
    return list(value) if isinstance(value, tuple) else value
