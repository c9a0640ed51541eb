"""The command `sla`. Commands import what they need when they run, so that `sla due` starts at once.

A wrong input ends in one line on standard error that names the field, and in exit code 2.
"""

import sys
from functools import cache
from typing import Any

import typer
import typer.main
from typer.exceptions import TyperException

from sla.cli import (
    absence,
    audit,
    backup,
    blanking,
    calendar,
    case,
    channel,
    deliveries,
    due,
    export,
    handover,
    importing,
    looks,
    offices,
    policy,
    report,
    running,
    snooze,
    token,
    user,
)
from sla.cli.language import spoken

app = typer.Typer(
    name="sla", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Shixian 时限: when each case is due, and a warning before the day comes.",
)  # fmt: skip

app.command(
    "due", help="The deadlines of a permit and how they were counted, or a file of requests; without a database."
)(due.due)
app.add_typer(offices.app, name="office")
case.app.command("blank")(blanking.case)
offices.app.command("blank")(blanking.person)
app.add_typer(case.app, name="case")
case.app.command("handover")(handover.handover)
case.app.command("snooze")(snooze.snooze)
app.add_typer(absence.app, name="absence")
app.add_typer(calendar.app, name="calendar")
app.add_typer(policy.app, name="policy")
app.add_typer(channel.app, name="channel")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(user.app, name="user")
app.add_typer(token.app, name="token")
app.command("today", help="What is overdue, due today, and due in the next 3 working days.")(looks.today)
app.command("report", help="Rates, days and savings of a period, each with its definition and n.")(report.report)
app.command("import", help="Cases from another system's files, or an office from its export.")(importing.import_)
app.add_typer(export.app, name="export")
app.command("serve", help="The pages, and the heartbeat that sends reminders.")(running.serve)
app.command("worker", help="The heartbeat alone: sweep, digests, delivery.")(running.worker)
app.command("migrate", help="Make the database's tables, or bring them to this version.")(running.migrate)
app.command("doctor", help="Check the database and what is owed; --rebuild compares and mends the indexes.")(
    running.doctor
)
app.add_typer(audit.app, name="audit")
app.command("backup", help="A copy of everything in one file, while the service runs.")(backup.backup)
app.command("restore", help="Fill an empty database from a copy, and check every chain.")(backup.restore)
app.command("demo", help="A throw-away database with a year of the window, and the pages to look at it.")(running.demo)


def main() -> None:
    """Run the command line; the exit code is 0, 1 (found something wrong) or 2 (wrong input)."""
    try:
        code = _command()(standalone_mode=False)
    except typer.Exit as error:
        code = error.exit_code
    except typer.Abort:
        code = 130
    except TyperException as error:
        text = error.format_message() if hasattr(error, "format_message") else str(error)
        if type(error).__name__ == "NoArgsIsHelpError":  # the help of a group, not a fault
            print(text, file=sys.stderr)
            sys.exit(2)
        print(_told(f"{' '.join(text.split()).rstrip('.')}; see `sla --help`"), file=sys.stderr)
        code = 2
    except Exception as error:  # only what is somebody's input is told in one line; anything else is our fault
        if not hasattr(error, "field") and not _is_settings_error(error) and not _is_database_error(error):
            raise
        print(_told(_one_line(error)), file=sys.stderr)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


@cache
def _command() -> Any:
    """Built from the functions' signatures, which takes longer than most commands do."""
    command = typer.main.get_command(app)
    if spoken() != "en" and ("--help" in sys.argv or len(sys.argv) < 3):  # a group alone shows its help, too
        from sla.cli.helps import translate
        from sla.words import words

        translate(command, words(spoken()))
    return command


def _is_settings_error(error: Exception) -> bool:
    return type(error).__name__ == "ValidationError"


def _is_database_error(error: Exception) -> bool:
    """It is away, full or read-only: not ours to mend, nor a fault of the program."""
    return type(error).__name__ in ("OperationalError", "InterfaceError", "InternalError") and hasattr(error, "orig")


def _one_line(error: Exception) -> str:
    if hasattr(error, "orig"):  # what the database says, without the statement
        return f"database_url: nothing was written, the database says: {' '.join(str(error.orig).split())}"
    if _is_settings_error(error) and hasattr(error, "errors"):
        return "; ".join(f"SLA_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
    return " ".join(_said(error).split())


def _said(error: Exception) -> str:
    if spoken() == "en":
        return str(error)  # without the catalogue, which takes longer than most commands do
    from sla.words import words

    return words(spoken()).fault(error)


def _told(text: str) -> str:
    return f"{'错误：' if spoken() == 'zh' else 'error: '}{text}"
