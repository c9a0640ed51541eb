"""`sla audit verify`: whether the record is as it was written; `sla audit signs`: what an auditor may ask about."""

from typing import Annotated

import typer

from sla.cli.context import JsonOption, OfficeOption, print_json, step
from sla.cli.language import spoken

app = typer.Typer(help="Whether the record is as it was written, and what an auditor may ask about.")


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


@app.command("signs", help="What may be asked about in what was recorded in a period: no accusation.")
def signs(
    first: Annotated[str, typer.Option("--from", help="first day; a year before the last if left out")] = "",
    last: Annotated[str, typer.Option("--to", help="last day; today if left out")] = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    from sla.service.report_asked import period_of
    from sla.service.sign_list import signs_of
    from sla.service.sign_shows import Showing, signs_json, signs_text
    from sla.words import words

    with step(office) as now:
        begins, ends = period_of(first, last, now.office.today(now.now))
        found = signs_of(now.session, now.office, begins, ends, now.now)
        showing = Showing.of(now.office, words(spoken()))
        if as_json:
            print_json(signs_json(showing, found, begins, ends))
        else:
            print(signs_text(showing, found))
