"""`sla today`: what is due."""

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
