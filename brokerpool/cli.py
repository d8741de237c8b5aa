"""The command line. Commands are loaded when they are called, so ``--help`` is quick."""

import importlib
import sys
from importlib.metadata import version

import click
from typing_extensions import override

# name → (module:command, what it does). A new command is one line here.
COMMANDS = {
    "backup": ("brokerpool.commands.backup:backup", "Save the database and the stored files."),
    "bench": ("brokerpool.commands.bench:bench", "Measure what this machine can carry."),
    "create-admin": (
        "brokerpool.commands.create_admin:create_admin",
        "Give a pool its first person, and make the pool where there is none.",
    ),
    "demo": ("brokerpool.commands.demo:demo", "Load the demo pool and show what it holds."),
    "explain": ("brokerpool.commands.explain:explain", "Why an amount is what it is."),
    "import": ("brokerpool.commands.import_:import_", "Import insurers' files."),
    "migrate": ("brokerpool.commands.migrate:migrate", "Bring the database to this release."),
    "restore": ("brokerpool.commands.restore:restore", "Bring a backup back."),
    "scenario": (
        "brokerpool.commands.scenario:scenario",
        "Try a plan out; nothing remains.",
    ),
    "serve": ("brokerpool.commands.serve:serve", "Run both portals, a worker and what they need."),
    "settle": ("brokerpool.commands.settle:settle", "Settle a period."),
    "verify": ("brokerpool.commands.verify:verify", "Check the books against the rules."),
    "statements": (
        "brokerpool.commands.statements:statements",
        "Write the statements of a period into a folder.",
    ),
    "worker": ("brokerpool.commands.worker:worker", "Run jobs until it is told to stop."),
}


class Commands(click.Group):
    """A group that imports a command's module only when it is needed."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the alphabet."""
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])

    @override
    def invoke(self, ctx: click.Context) -> object:
        """Run a command; trouble that is to be expected becomes one line and exit code 2."""
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except Exception as error:
            from brokerpool.expected_trouble import one_line  # noqa: PLC0415  -- imports drivers

            line = one_line(error)
            if line is None:
                raise
            click.echo(f"brokerpool: {line}", err=True)
            sys.exit(2)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("brokerpool"), prog_name="brokerpool")
def main() -> None:
    """The software an insurance broker pool runs on."""


if __name__ == "__main__":
    main()
