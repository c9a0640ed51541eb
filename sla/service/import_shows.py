"""The report of an import for people."""

from collections.abc import Iterator

from sla.importing.drafts import Odd
from sla.importing.report import SHOWN, Deadline, Report
from sla.reports import Figures, Rate
from sla.words import NO_DATA, Words, words


def import_text(report: Report, language: str, *, dry: bool = False) -> str:
    """Counts, what was refused and why, what is odd, where the given deadlines differ from ours, and the rates."""
    said = words(language)
    head = said.gettext("Tried only; nothing was written.") if dry else ""
    return "\n".join([
        *([head] if head else []), *_counts(report, said), *_refused(report, said), *_odd(report, said),
        *_events(report, said), *_rates(report, said), *_differences(report, said),
    ])  # fmt: skip


def summary(report: Report, said: Words) -> list[str]:
    """Counts, and what is odd, in sentences."""
    return [*_counts(report, said), *_odd(report, said), *_events(report, said)]


def rates_text(report: Report, said: Words) -> str:
    """The rates by either deadline; "" where there is no case."""
    return "\n".join(_rates(report, said)).strip("\n")


def _counts(report: Report, said: Words) -> Iterator[str]:
    yield said.gettext(
        "%(rows)s rows: %(new)s cases brought in with %(events)s events, %(there)s already there, %(rejected)s refused",
        rows=_n(report.rows), new=_n(report.new), events=_n(report.events), there=_n(report.there),
        rejected=_n(report.rejected),
    )  # fmt: skip


def _refused(report: Report, said: Words) -> Iterator[str]:
    for row, reason in report.reasons:
        yield "  " + said.gettext("row %(row)s: %(reason)s", row=row, reason=said.phrase(reason))
    yield from _more(report.rejected, said)


def _odd(report: Report, said: Words) -> Iterator[str]:
    texts = {
        Odd.CLOSED_BEFORE_START: said.gettext("closed before they started, on the same day; kept by the day"),
        Odd.EVENTS_AFTER_CLOSING: said.gettext("with events after closing"),
        Odd.EVENTS_LEFT_OUT: said.gettext("with events that cannot follow the closing; those were left out"),
    }
    for odd, text in texts.items():
        if report.odd[odd]:
            rows = ", ".join(map(str, report.odd_rows[odd]))
            more = ", …" if report.odd[odd] > SHOWN else ""
            shown = said.gettext("rows %(rows)s", rows=rows + more)
            yield f"{_n(report.odd[odd])} {text} ({shown})"


def _events(report: Report, said: Words) -> Iterator[str]:
    if report.passed_over:
        names = ", ".join(name for name, _ in report.passed_over.most_common(SHOWN))
        more = ", …" if len(report.passed_over) > SHOWN else ""
        yield said.gettext(
            "%(n)s events passed over, to which the mapping gives no kind: %(names)s",
            n=_n(report.passed_over.total()), names=names + more,
        )  # fmt: skip
    for row in report.unreadable[:SHOWN]:
        reason = said.phrase(row.trouble) if row.trouble else ""
        yield said.gettext("event row %(row)s belongs to no case: %(reason)s", row=row.number, reason=reason)
    yield from _more(len(report.unreadable), said)
    if report.strays:
        yield said.gettext("%(n)s events belong to no case of the file", n=_n(report.strays))


def _rates(report: Report, said: Words) -> Iterator[str]:
    if not report.closed + report.open:
        return
    as_of = said.date(report.as_of, year=True)
    yield ""
    yield said.gettext("As of %(day)s, by local date:", day=as_of)
    yield "  " + said.gettext("%(closed)s closed, %(open)s open", closed=_n(report.closed), open=_n(report.open))
    if report.given.on_time.n:
        yield from _by(said.gettext("By the given deadlines"), report.given, said)
    if report.ours.on_time.n:
        yield from _by(said.gettext("By the deadlines computed here"), report.ours, said)
    calendar, working = report.calendar_days.median, report.working_days.median
    if calendar is not None and working is not None:
        text = said.gettext(
            "Median from start to end: %(calendar)s calendar days, %(working)s working days, n = %(n)s",
            calendar=calendar, working=working, n=_n(report.calendar_days.n),
        )  # fmt: skip
        yield f"  {text}"


def _by(title: str, found: Figures, said: Words) -> Iterator[str]:
    counts = said.gettext(
        "%(late)s late, %(early)s early, %(overdue)s open and overdue",
        late=_n(found.overdue_completed), early=_n(found.early_completed), overdue=_n(found.open_overdue),
    )  # fmt: skip
    yield f"  {title}: {counts}"
    rate, definition = said.gettext("On-time rate"), said.gettext("completed on time ÷ (completed + open and overdue)")
    yield f"    {rate}: {_rate(found.on_time)}  {definition}"
    rate, definition = said.gettext("Closed cases only"), said.gettext("completed on time ÷ completed")
    yield f"    {rate}: {_rate(found.closed_only)}  {definition}"


def _differences(report: Report, said: Words) -> Iterator[str]:
    if not report.compared:
        return
    yield ""
    yield said.gettext(
        "%(n)s of %(all)s given deadlines differ from those computed here",
        n=_n(report.differing), all=_n(report.compared),
    )  # fmt: skip
    for number, deadline in report.differences:
        yield f"  {number}  {deadline.clock}: {_pair(deadline, said)}"
    yield from _more(report.differing, said)


def _pair(deadline: Deadline, said: Words) -> str:
    given, ours = (day.isoformat() if day else NO_DATA for day in (deadline.given, deadline.ours))
    return said.gettext("given %(given)s, here %(ours)s", given=given, ours=ours)


def _more(n: int, said: Words) -> Iterator[str]:
    if n > SHOWN:
        yield "  " + said.gettext("… and %(n)s more", n=_n(n - SHOWN))


def _rate(rate: Rate) -> str:
    """Two places, so that it can be checked against another's figures."""
    return NO_DATA if rate.value is None else f"{rate.value:.2%} (n = {rate.n:,})"


def _n(number: int) -> str:
    return f"{number:,}"
