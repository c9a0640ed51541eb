"""`sla today` and `sla report`: what is due, and how it went."""

from typing import Annotated, Any

import typer

from sla.cli.context import JsonOption, OfficeOption, print_json, step
from sla.cli.language import spoken


def today(
    handler: Annotated[str, typer.Option(help="only this person's cases")] = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    from sla.due import clock_answer
    from sla.service.lists import due_lists
    from sla.words import due_text, standing_text, words

    said = words(spoken())
    with step(office) as now:
        if handler:
            now.office.person(handler, "handler")
        lists = due_lists(now.session, now.office, now.now, [handler] if handler else None)
        names = {
            "overdue": said.gettext("Overdue"),
            "due_today": said.gettext("Due today"),
            "next_days": said.gettext("Next 3 working days"),
            "paused": said.gettext("Paused"),
            "awaiting": said.gettext("Awaiting acceptance"),
        }
        if as_json:
            shown: dict[str, Any] = {"day": lists.day.isoformat()}
            for name in names:
                shown[name] = [
                    {
                        "number": entry.case.number,
                        "handler": entry.case.handler_name,
                        "clock": entry.clock.id,
                        **clock_answer(entry.clock, ledger=False),
                    }
                    for entry in getattr(lists, name)
                ]
            return print_json(shown)
        print(f"{now.office.name} · {said.date(lists.day, year=True)}")
        for name, title in names.items():
            entries = getattr(lists, name)
            print(f"\n{title} ({len(entries)})")
            for entry in entries:
                mark = f" ({said.gettext('provisional')})" if entry.clock.provisional else ""
                stands = standing_text(entry.clock, now.now, said)
                due = f"{due_text(entry.clock, said)}{mark}"
                shown_case = [
                    entry.case.number,
                    said.name(entry.clock.rule.names),
                    due,
                    stands,
                    entry.case.handler_name,
                ]
                print("  " + "  ".join([*shown_case, entry.case.title]).rstrip())
    return None


def report(
    first: Annotated[str, typer.Option("--from", help="first day; a year before the last if left out")] = "",
    last: Annotated[str, typer.Option("--to", help="last day; today if left out")] = "",
    basis: Annotated[str, typer.Option(help="promise, statute or stage; the promise if there is one")] = "",
    permit: Annotated[str, typer.Option(help="only this permit")] = "",
    handler: Annotated[str, typer.Option(help="only this person's cases")] = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    from sla.service.report_asked import narrowed, period_of
    from sla.service.report_shows import report_json, report_text
    from sla.service.reporting import report as made

    with step(office) as now:
        begins, ends = period_of(first, last, now.office.today(now.now))
        found = made(now.session, now.office, begins, ends, now.now, *narrowed(now.office, basis, permit, handler))
        if as_json:
            return print_json(report_json(found))
        print(report_text(now.office, found, spoken()))
    return None
