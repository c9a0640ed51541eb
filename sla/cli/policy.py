"""`sla policy`: check a policy without a database, keep drafts, publish versions, and see which is in force."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla.cli.context import (
    ActorOption,
    JsonOption,
    OfficeOption,
    asked,
    at_a_terminal,
    print_json,
    step,
    text_of,
)
from sla.cli.language import spoken

if TYPE_CHECKING:
    from sla.policies import Policy
    from sla.samples import Sample
    from sla.service.publishing import Publication

app = typer.Typer(no_args_is_help=True, help="Policies: check a text, keep a draft, publish a version, see them all.")

YesOption = Annotated[bool, typer.Option("--yes", help="do not ask")]
DryOption = Annotated[bool, typer.Option("--dry-run", help="show what it would do, and stop")]


@app.command("list")
def list_(office: OfficeOption = "", as_json: JsonOption = False) -> None:
    """Every policy with its versions: from when to when each is valid, and how many open cases follow it."""
    from sla.cli.policy_shows import version_json, version_lines
    from sla.service.policies import versions

    with step(office) as now:
        found = versions(now.session, now.office, now.now)
        if as_json:
            return print_json([version_json(version) for version in found])
        print("\n".join(version_lines(found, now.office, spoken())))
    return None


@app.command("show")
def show(
    policy: Annotated[str, typer.Argument(help="the policy's id")],
    version: Annotated[int | None, typer.Argument(help="which; the one in force if left out")] = None,
    office: OfficeOption = "",
) -> None:
    """A version as it was written: what the next one begins from."""
    from sla.service.policies import version_text

    with step(office) as now:
        print(version_text(now.session, now.office, policy, version, now.now), end="")


@app.command("check")
def check(
    policy: Annotated[str, typer.Argument(help="a file, or the name of a shipped pack")],
    on: Annotated[str, typer.Option(help="sample cases that begin on this day; on telling days if left out")] = "",
    as_json: JsonOption = False,
) -> None:
    """Everything that is wrong with a policy, by field and line, and what it comes to. Needs no database."""
    from sla.cli.policy_shows import checked_json, checked_lines
    from sla.presets.checking import checked
    from sla.service.days import day_of

    day = day_of(on, "on") if on else None
    found = checked(_text(policy))
    shown = _samples(found.policy, day) if found.policy and not found.problems else ()
    if as_json:
        print_json(checked_json(policy, found, shown))
    else:
        print("\n".join(checked_lines(policy, found, shown, spoken())))
    if found.problems:
        raise typer.Exit(2)


@app.command("draft")
def draft(
    policy: Annotated[str, typer.Argument(help="a file; with --discard the policy's id")],
    discard: Annotated[bool, typer.Option("--discard", help="forget the draft")] = False,
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Keep a draft of a policy's next version, in place of the one there was. It may break R12, and says so."""
    from sla.cli.policy_shows import version_json, version_lines
    from sla.service.policies import discard_draft, keep_draft

    with step(office, writes=True) as now:
        if discard:
            return discard_draft(now.session, now.office, policy)
        kept = keep_draft(now.session, now.office, text_of(Path(policy)), now.now, by)
        if as_json:
            return print_json(version_json(kept))
        print("\n".join(version_lines([kept], now.office, spoken())))
    return None


@app.command("publish")
def publish(
    policy: Annotated[str, typer.Argument(help="a file, the id of a draft, or the name of a shipped pack")],
    from_: Annotated[str, typer.Option("--from", help="from which day on; the day in the text if left out")] = "",
    yes: YesOption = False,
    dry_run: DryOption = False,
    by: ActorOption = "",
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Publish a policy's next version. Shows what changes and what cases come to under both, then asks."""
    from sla.cli.policy_shows import publication_json, publication_lines
    from sla.service import policies, publishing
    from sla.service.days import day_of
    from sla.service.errors import ServiceError

    asks = not (yes or dry_run)
    if asks and (as_json or not at_a_terminal()):
        raise ServiceError("yes", "nobody can be asked here; look with --dry-run, then publish with --yes")
    valid_from = day_of(from_, "from") if from_ else None
    with step(office) as now:
        text = text_of(Path(policy)) if Path(policy).is_file() else policies.source(now.session, now.office, policy)
        planned = publishing.prepared(now.office, text, now.now, valid_from, by)
        if not as_json:
            print("\n".join(publication_lines(planned, spoken())))
    done = not dry_run and not planned.already
    if done and asks and not asked(_question(planned)):
        raise typer.Exit(1)
    if done:
        with step(office, writes=True) as now:
            publishing.publish(now.session, now.office, text, now.now, valid_from, by)
    if as_json:
        print_json({**publication_json(planned), "published": done})
    elif done:
        print(_said_published(planned))


@app.command("simulate")
def simulate(
    first: Annotated[str, typer.Option("--from", help="first day; a year before the last if left out")] = "",
    last: Annotated[str, typer.Option("--to", help="last day; today if left out")] = "",
    promise: Annotated[list[str] | None, typer.Option(help="another promise: land_use=3")] = None,
    not_counted: Annotated[list[str] | None, typer.Option(help="a ground that would stop the limit")] = None,
    counted: Annotated[list[str] | None, typer.Option(help="a ground that would stop it no longer")] = None,
    closed: Annotated[list[str] | None, typer.Option(help="days off: 2026-09-24 or 2026-09-24..2026-09-25")] = None,
    leave: Annotated[list[str] | None, typer.Option(help="a handler's days off: li=2026-09-24..2026-09-25")] = None,
    calendar: Annotated[Path | None, typer.Option(help="a notice file, as for `sla calendar load`")] = None,
    run_on: Annotated[
        bool, typer.Option("--limits-run-on", help="on --closed and --leave the work waits only")
    ] = False,
    basis: Annotated[str, typer.Option(help="promise, statute or stage; the promise if there is one")] = "",
    permit: Annotated[str, typer.Option(help="only this permit")] = "",
    replay: Annotated[bool, typer.Option("--replay", help="read every case again from its events")] = False,
    office: OfficeOption = "",
    as_json: JsonOption = False,
) -> None:
    """What would have come of the cases of a period: rates side by side, which cases change sides, the smallest promise
    that would have held. Writes nothing."""
    from sla.service.simulating import Supposed, simulated
    from sla.service.simulating_shows import simulation_json, simulation_text
    from sla.words import words

    supposed = Supposed(
        first, last, basis, permit, promise or (), closed or (), leave or (), text_of(calendar) if calendar else "",
        run_on, not_counted or (), counted or (), replay,
    )  # fmt: skip
    with step(office) as now:
        made = simulated(now.session, now.office, supposed, now.now)
        if as_json:
            return print_json(simulation_json(made))
        print(simulation_text(now.office, made, words(spoken())))
    return None


def _question(planned: "Publication") -> str:
    from sla.words import words

    said = words(spoken())
    return said.gettext(
        "Publish %(policy)s, valid from %(day)s? A version is never changed afterwards.",
        policy=f"{planned.policy.id} {planned.policy.version}", day=said.date(planned.valid_from, year=True),
    )  # fmt: skip


def _said_published(planned: "Publication") -> str:
    from sla.words import words

    said = words(spoken())
    return said.gettext(
        "published: %(policy)s, valid from %(day)s",
        policy=f"{planned.policy.id} {planned.policy.version}", day=said.date(planned.valid_from, year=True),
    )  # fmt: skip


def _text(policy: str) -> str:
    """A file's text, or a pack's."""
    from sla.presets import names
    from sla.presets import text_of as pack
    from sla.service.errors import ServiceError

    if policy in names() and not Path(policy).is_file():
        return pack(policy)
    if not Path(policy).exists():
        raise ServiceError(
            "policy", "%(policy)r is no file and no pack; packs are: %(names)s", policy=policy, names=names()
        )
    return text_of(Path(policy))


def _samples(policy: "Policy", day: date | None) -> "tuple[Sample, ...]":
    """The samples of a policy by the calendar of its country: of a day, or of telling days from tomorrow on."""
    from sla.cli.due import calendar_for
    from sla.samples import SampleDay, Why, sample_days, samples

    if day:
        calendar = calendar_for(None, policy, (day.year - 1, day.year + 12))
        return samples(None, policy, calendar, (SampleDay(day, Why.ASKED),))
    from sla.app import wall_clock

    now = wall_clock()
    calendar = calendar_for(None, policy, (now.year - 1, now.year + 12))
    return samples(None, policy, calendar, sample_days(calendar, calendar.date_of(now) + timedelta(days=1)))
