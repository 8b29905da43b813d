"""The group of commands, each loaded when it is called."""

from __future__ import annotations

from typing import Any

import click

from divcli.catalog import COMMANDS, resolve
from divcli.errors import CommandLineError, did_you_mean

_ROWS = {command.name: command for command in COMMANDS}
_EPILOG = """\b
Examples:
  divcli compare 0.5,0.4,0.1 0.5,0.1,0.4
  printf '%s\\n' red blue red | divcli entropy
  divcli compare A=120,B=80 A=110,B=90 --fail-over js=0.01

\b
Exit status: 0 nothing over a limit, 1 a limit exceeded, 2 wrong command line,
3 data not read or measured, 4 a fault of divcli, 130 interrupted."""


class LazyGroup(click.Group):
    """Lists commands from the catalogue, and imports one only to run it or to show its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the catalogue."""
        return list(_ROWS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        row = _ROWS.get(cmd_name)
        if row is None:
            return None
        command: click.Command = resolve(row.target)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command that the arguments name, or a usage error with the closest name."""
        if args[0] not in _ROWS and not ctx.resilient_parsing:
            hint = did_you_mean(args[0], list(_ROWS))
            raise CommandLineError(f"no command {args[0]!r}", hint=hint)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(row.name, row.summary) for row in COMMANDS])


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from divcli import __version__

        click.echo(f"divcli {__version__}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("-V", "--version", is_flag=True, is_eager=True, expose_value=False,
              callback=_print_version, help="Show the version and exit.")  # fmt: skip
@click.pass_context
def app(context: click.Context) -> None:
    """How different are two distributions, and does it matter?

    Reads distributions or raw samples from files, pipes and arguments, and prints entropy, KL and
    Jensen-Shannon divergence and their relatives, with what each symbol contributes.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help(), err=True)
        context.exit(2)
