"""`sla case`: every event of a case, what it looks like now, and why its dates are what they are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

import typer

from sla.cli.context import (
    ActorOption,
    AtOption,
    JsonOption,
    OfficeOption,
    asked,
    at_a_terminal,
    print_json,
    step,
)
from sla.cli.language import spoken

app = typer.Typer(no_args_is_help=True, help="Record what happens to a case, show it, explain its dates.")

Number = Annotated[str, typer.Argument(help="the case's number")]
Reason = Annotated[str, typer.Option("--reason", help="why")]
AsOf = Annotated[str, typer.Option("--as-of", help="as it was believed then: 2026-09-18 or 2026-09-18T15:00+08:00")]
OverdueReason = Annotated[
    str, typer.Option("--overdue-reason", help="why an overdue limit was missed, in words that may be published")
]
Measure = Annotated[str, typer.Option("--measure", help="what is done about it")]
Papers = Annotated[str, typer.Option("--papers", help="ids, separated by commas")]


@app.command("receive")
def receive(
    permit: Annotated[str, typer.Argument(help="such as construction_works")],
    title: Annotated[str, typer.Option(help="what it is about")] = "",
    applicant: Annotated[str, typer.Option(help="who asks; kept apart, can be blanked")] = "",
    contact: Annotated[str, typer.Option(help="a note on how to reach them")] = "",
    email: Annotated[str, typer.Option(help="where they are told how the case stands, if the office tells them")] = "",
    mobile: Annotated[str, typer.Option(help="the same, by short message")] = "",
    language: Annotated[str, typer.Option(help="zh or en; the office's if left out")] = "",
    handler: Annotated[str, typer.Option(help="whose case it is; whoever records it if left out")] = "",
    first_contact: Annotated[str, typer.Option(help="who was asked first (首问负责人)")] = "",
    land_area: Annotated[str, typer.Option(help="hectares of land")] = "",
    floor_area: Annotated[str, typer.Option(help="hectares of floor space")] = "",
    papers: Papers = "",
    number: Annotated[str, typer.Option(help="a number it already has; the next of its series if left out")] = "",
    accept: Annotated[bool, typer.Option("--accept", help="accept it at the same time")] = False,
    by: ActorOption = "",
    at: AtOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """收件: a new case comes in."""
    from sla.service import cases

    details = {
        "permit": permit,
        "title": title,
        "applicant": applicant,
        "contact": contact,
        "email": email,
        "mobile": mobile,
        "language": language,
        "handler": handler,
        "first_contact": first_contact,
        "land_area_ha": land_area,
        "floor_area_ha": floor_area,
        "papers": _split(papers),
    }
    with step(office, writes=True) as now:
        when = cases.when_parsed(now.office, at, now.now)
        done = cases.receive(now.session, now.office, details, when, now.now, by, number)
        if accept:
            done = cases.record(now.session, now.office, done.number, "accepted", {}, when, now.now, by)
        _show(now, done, as_json)


@app.command("contact")
def contact(
    number: Number,
    email: Annotated[str | None, typer.Option(help='the mail address; "" for none')] = None,
    mobile: Annotated[str | None, typer.Option(help='the mobile number; "" for none')] = None,
    contact: Annotated[str | None, typer.Option(help="a note on how to reach them")] = None,
    language: Annotated[str | None, typer.Option(help="zh or en")] = None,
    by: ActorOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """联系方式变更: how the applicant is reached from now on; what is left out stays. Undelivered messages go again."""
    from sla.service.contact_change import change_contact
    from sla.words import words

    given = {"email": email, "mobile": mobile, "contact": contact, "language": language}
    with step(office, writes=True) as now:
        done, again = change_contact(now.session, now.office, number, given, now.now, by)
        _show(now, done, as_json)
    if again and not as_json:
        said = words(spoken())
        print(said.ngettext("%(n)s message will be sent again", "%(n)s messages will be sent again", again))


@app.command("correct")
def correct(
    number: Number,
    papers: Papers,
    notice: Annotated[str, typer.Option(help="number of the notice")] = "",
    by: ActorOption = "",
    at: AtOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """补正开始: papers are missing; all of them are named at once. Prints the one-time notice (一次性告知书)."""
    from sla.service.notices import one_time_notice

    with step(office, writes=True) as now:
        done = _record(now, number, "correction_requested", {"papers": _split(papers), "notice": notice}, at, by)
        if as_json:
            return _show(now, done, as_json)
        print(one_time_notice(now.office, done, spoken()))
    return None


@app.command("complete")
def complete(
    number: Number,
    papers: Papers = "",
    by: ActorOption = "",
    at: AtOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """补正结束: the papers came in."""
    _event(number, "correction_received", {"papers": _split(papers)}, at, by, office, as_json=as_json)


@app.command("accept")
def accept(
    number: Number,
    receipt: Annotated[str, typer.Option(help="number of the receipt")] = "",
    admitted_by: Annotated[str, typer.Option(help="the manager who admits an entry after a deemed acceptance")] = "",
    owed: Annotated[str, typer.Option("--owed", help="容缺受理: ids of papers still owed, separated by commas")] = "",
    owed_by: Annotated[str, typer.Option("--owed-by", help="the day by which they have to come in")] = "",
    by: ActorOption = "", at: AtOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """受理, with --owed and --owed-by 容缺受理: accepted although papers are still to come."""
    details = {"receipt": receipt, "admitted_by": admitted_by, "owed": _split(owed), "owed_by": owed_by or None}
    _event(number, "accepted", details, at, by, office, as_json=as_json)


@app.command("supply")
def supply(
    number: Number, papers: Papers,
    by: ActorOption = "", at: AtOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """容缺材料补交: papers came in that a conditional acceptance left owed."""
    _event(number, "owed_received", {"papers": _split(papers)}, at, by, office, as_json=as_json)


@app.command("refuse")
def refuse(
    number: Number, reason: Reason,
    not_required: Annotated[bool, typer.Option("--not-required", help="不受理: no permit is needed")] = False,
    by: ActorOption = "", at: AtOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """不予受理, or 不受理 with --not-required."""
    _event(number, "not_required" if not_required else "refused", {"reason": reason}, at, by, office, as_json=as_json)


@app.command("pause")
def pause(
    number: Number,
    ground: Annotated[str, typer.Option(help="such as expert_review, public_notice, hearing")],
    notice: Annotated[str, typer.Option(help="number of the written notice")] = "",
    until: Annotated[str, typer.Option(help="the day it is expected to end")] = "",
    admitted_by: Annotated[str, typer.Option(help="the manager who admits a late-recorded pause")] = "",
    by: ActorOption = "", at: AtOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """特别程序开始: time that is not counted."""
    from datetime import date

    from sla.service.errors import ServiceError

    try:
        date.fromisoformat(until or "2000-01-01")
    except ValueError:
        raise ServiceError("until", "%(text)r is no date; write 2026-09-18", text=until) from None
    details = {"ground": ground, "notice": notice, "expected_end": until or None, "admitted_by": admitted_by}
    _event(number, "paused", details, at, by, office, as_json=as_json)


@app.command("resume")
def resume(
    number: Number,
    pause: Annotated[int, typer.Option(help="number of the pause's event; not needed where only one is open")] = 0,
    by: ActorOption = "", at: AtOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """特别程序结束."""
    _event(number, "resumed", {"pause": pause} if pause else {}, at, by, office, as_json=as_json)


@app.command("extend")
def extend(
    number: Number,
    amount: Annotated[int, typer.Option(help="how much, in the limit's unit or the one the policy names")],
    reason: Reason,
    approver: Annotated[str, typer.Option(help="who approved it: a person's id")],
    clock: Annotated[str, typer.Option(help="which clock")] = "statutory",
    by: ActorOption = "", at: AtOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """延期 of one clock, where the policy allows it."""
    from sla.service import cases

    with step(office, writes=True) as now:
        unit = cases.unit_of(now.session, now.office, number, clock, now.now)
        details = {"clock": clock, "amount": amount, "unit": unit, "reason": reason, "approver": approver}
        _show(now, _record(now, number, "extended", details, at, by), as_json)


@app.command("stage")
def stage(
    number: Number,
    stage: Annotated[str, typer.Argument(help="the stage's id")],
    leave: Annotated[bool, typer.Option("--leave", help="the stage ends")] = False,
    by: ActorOption = "", at: AtOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """A stage (环节) begins, or ends with --leave."""
    _event(number, "stage_left" if leave else "stage_entered", {"stage": stage}, at, by, office, as_json=as_json)


@app.command("reassign")
def reassign(
    number: Number,
    handler: Annotated[str, typer.Argument(help="a person's id")],
    reason: Reason = "",
    by: ActorOption = "",
    at: AtOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """The case has another handler, who hears the gravest alarm that is still true."""
    _event(number, "reassigned", {"handler": handler, "reason": reason}, at, by, office, as_json=as_json)


@app.command("decide")
def decide(
    number: Number,
    denied: Annotated[bool, typer.Option("--denied", help="不予许可; otherwise 准予")] = False,
    certificate: Annotated[str, typer.Option(help="number of what was issued")] = "",
    reason: Reason = "",
    overdue_reason: OverdueReason = "",
    measure: Measure = "",
    by: ActorOption = "", at: AtOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """办结. An overdue case needs a reason where its policy asks for one: given here, or before with `explain`."""
    from sla.events import Outcome

    outcome = Outcome.DENIED if denied else Outcome.APPROVED
    details = {"outcome": outcome, "certificate": certificate, "reason": reason}
    _event(number, "decided", {**details, **_why(overdue_reason, measure)}, at, by, office, as_json=as_json)


@app.command("deliver")
def deliver(
    number: Number,
    method: Annotated[str, typer.Option(help="how")] = "",
    by: ActorOption = "",
    at: AtOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """送达."""
    _event(number, "delivered", {"method": method}, at, by, office, as_json=as_json)


@app.command("withdraw")
def withdraw(
    number: Number,
    reason: Reason = "",
    by: ActorOption = "",
    at: AtOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """撤回 by the applicant."""
    _event(number, "withdrawn", {"reason": reason}, at, by, office, as_json=as_json)


@app.command("ack")
def ack(
    number: Number,
    clock: Annotated[str, typer.Argument(help="which clock")],
    note: Annotated[str, typer.Option(help="what is being done")] = "",
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Somebody has seen the alarm of an overdue clock and takes it on; it stands on record.

    Where the policy says so (ack_holds), it puts the next level off once. Says until when.
    """
    from sla.service.shows import ack_text

    with step(office, writes=True) as now:
        done = _record(now, number, "acknowledged", {"clock": clock, "note": note}, "", by)
        if not as_json:
            print(ack_text(now.office, done, spoken()))
        _show(now, done, as_json)


@app.command("rebase")
def rebase(
    number: Number,
    policy: Annotated[str, typer.Argument(help="the policy's id")],
    version: Annotated[int, typer.Argument(help="a published version that is in effect")],
    reason: Reason,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show how its dates would change, and stop")] = False,
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Follow another published version of a policy from now on, on record (R17). Shows its dates, then asks, if there
    is somebody to ask."""
    from sla.cli.policy_shows import rebasing_json, rebasing_lines
    from sla.service import cases
    from sla.service.rebasing import previewed
    from sla.words import words

    with step(office) as now:
        found = cases.find(now.session, now.office, number, now.now)
        planned = previewed(now.office, found.row, found.events, found.history, (policy, version), now.now)
    if not as_json:
        print("\n".join(rebasing_lines(number, planned, spoken())))
    elif dry_run:
        print_json(rebasing_json(number, planned))
    if dry_run:
        return
    question = words(spoken()).gettext("Re-base the case?")
    if at_a_terminal() and not (yes or as_json) and not asked(question):
        raise typer.Exit(1)
    _event(number, "rebased", {"policy": policy, "version": version, "reason": reason}, "", by, office, as_json=as_json)


@app.command("void")
def void(
    number: Number,
    event: Annotated[int, typer.Argument(help="number of the wrong event, as `show` lists it")],
    reason: Reason,
    at: Annotated[str, typer.Option(help="put the same event in its place, at this time")] = "",
    overdue_reason: OverdueReason = "",
    measure: Measure = "",
    by: ActorOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """A wrong event no longer counts; it stays on record. With --at it is replaced in the same transaction (R14)."""
    from sla.service import cases
    from sla.service.errors import ServiceError

    why = _why(overdue_reason, measure)
    if why and not at:
        raise ServiceError("overdue_reason", "belongs to the decision that takes the place of the wrong one; give --at")

    with step(office, writes=True) as now:
        replacement: tuple[Mapping[str, Any], Any] | None = (
            (why, cases.when_parsed(now.office, at, now.now)) if at else None
        )
        _show(now, cases.void(now.session, now.office, number, event, reason, now.now, by, replacement), as_json)


@app.command("show")
def show(number: Number, as_of: AsOf = "", office: OfficeOption = "", as_json: JsonOption = False) -> None:
    """The case with its clocks and events; --as-of as it was believed then."""
    from sla.words import words

    with step(office) as now:
        found, moment = _found(now, number, as_of)
        if as_of and not as_json:
            said = words(spoken())
            then = said.moment(moment, now.office.calendar.zone, year=True)
            print(said.gettext("as believed on %(moment)s", moment=then))
        _show(replace(now, now=moment), found, as_json)


@app.command("explain")
def explain(
    number: Number,
    clock: Annotated[str, typer.Option(help="which clock; the promise, or every overdue one with --reason")] = "",
    reason: Annotated[str, typer.Option(help="record why it is overdue, in words that may be published")] = "",
    measure: Measure = "", as_of: AsOf = "",
    by: ActorOption = "", office: OfficeOption = "", as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Why a clock's date is what it is: one line a day, with rule and source; --as-of why it was what it was then.

    With --reason it records why limits of the case are overdue (超期说明).
    """
    if reason or measure:
        return _explain_overdue(number, clock, reason, measure, as_of, by, office, as_json=as_json)
    from sla.due import clock_answer
    from sla.service.rebuild import policy_of
    from sla.words import ledger_lines, slip_text, words

    with step(office) as now:
        found, _ = _found(now, number, as_of)
        chosen = found.history.clock(clock or "promise")
        if as_json:
            return print_json(clock_answer(chosen))
        grounds = policy_of(now.office, found.row, found.events).grounds
        said = words(spoken())
        for line in ledger_lines(chosen, said, grounds):
            print(line.written())
        print(slip_text(chosen, said, grounds))
    return None


@app.command("list")
def list_(
    text: Annotated[str, typer.Argument(help="part of a number or a title")] = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Cases whose number or title holds a text, the newest first (200 at the most)."""
    from sla.service.finding import found_cases

    with step(office) as now:
        rows = [
            {"number": row.number, "permit": row.permit, "title": row.title, "phase": row.phase, "handler": row.handler}
            for row in found_cases(now.session, now.office, text)
        ]
    if as_json:
        return print_json(rows)
    for row in rows:
        print("  ".join(str(value) for value in row.values()))
    return None


def _found(now: Any, number: str, as_of: str) -> tuple[Any, Any]:
    """The case as it stands, or stood, and the moment it is looked at."""
    from sla.service import as_of as past
    from sla.service import cases

    if not as_of:
        return cases.find(now.session, now.office, number, now.now), now.now
    then = past.moment_of(now.office, as_of, now.now)
    return past.find_as_of(now.session, now.office, number, then), then


def _event(number: str, kind: str, details: Mapping[str, Any], at: str, by: str, office: str, *, as_json: bool) -> None:
    with step(office, writes=True) as now:
        _show(now, _record(now, number, kind, details, at, by), as_json)


def _explain_overdue(
    number: str, clock: str, reason: str, measure: str, as_of: str, by: str, office: str, *, as_json: bool
) -> None:
    from sla.service.errors import ServiceError

    if as_of:
        raise ServiceError("as_of", "looks back and records nothing; leave out either --as-of or --reason")
    details = {"reason": reason, "measure": measure, **({"clocks": (clock,)} if clock else {})}
    _event(number, "overdue_explained", details, "", by, office, as_json=as_json)


def _why(overdue_reason: str, measure: str) -> dict[str, str]:
    """The explanation that comes with a decision, as far as it was given."""
    given = {"overdue_reason": overdue_reason, "overdue_measure": measure}
    return {name: text for name, text in given.items() if text}


def _record(now: Any, number: str, kind: str, details: Mapping[str, Any], at: str, by: str) -> Any:
    from sla.service import cases

    when = cases.when_parsed(now.office, at, now.now)
    return cases.record(now.session, now.office, number, kind, details, when, now.now, by)


def _show(now: Any, found: Any, as_json: bool) -> None:
    from sla.service.shows import case_json, case_text, given_json

    if as_json:
        print_json(case_json(now.office, found) | given_json(now.office, found))
    else:
        print(case_text(now.office, found, now.now, spoken()))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
