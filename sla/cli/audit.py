"""`sla audit verify`: whether the record is as it was written."""

import typer

from sla.cli.context import JsonOption, print_json
from sla.cli.language import spoken

app = typer.Typer(help="Whether the record is as it was written.")


@app.callback()
def audit() -> None:
    """Keeps `verify` a command of its own, although it is the only one."""


@app.command("verify", help="Verify the chain of every case and the anchor of every day; ends with 1 if one is wrong.")
def verify(as_json: JsonOption = False) -> None:
    from sla.app import build
    from sla.service.audit import audited
    from sla.words import words

    app = build()
    wrong = False
    shown = []
    try:
        with app.reading() as session:
            for finding in audited(session):
                wrong = wrong or finding.serious
                if as_json:
                    shown.append(vars(finding))
                else:
                    print(f"{'!' if finding.serious else '·'} {finding.where}: {finding.what} — {finding.mend}")
    finally:
        app.close()
    if as_json:
        print_json(shown)
    elif not wrong:
        print(words(spoken()).gettext("every chain and every anchor fits"))
    if wrong:
        raise typer.Exit(1)
