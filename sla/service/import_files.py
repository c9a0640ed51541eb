"""Bring in the cases of a file that somebody sent: guessed what it means, tried, or done; the rows that were refused.

The file lies on the disk for as long as it is read, under a name of its own, and is gone afterwards.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sla.importing.drafts import drafting
from sla.importing.guessing import Known, guessed
from sla.importing.mapping import SourceMap, mapping_of
from sla.importing.opening import fill, form_of, opened
from sla.importing.rejects import Say, rejects
from sla.importing.report import Report
from sla.importing.rows import SourceError
from sla.importing.spool import spool
from sla.importing.surveying import surveyed
from sla.service.importing import Ground, Source, bring_in_rows
from sla.service.offices import Office, parsed

MOST_ROWS = 20_000  # what takes longer than somebody waits before a page is for the command line


@dataclass(frozen=True)
class Sent:
    """A file as somebody sent it."""

    name: str
    content: bytes


def guess(office: Office, sent: Sent) -> str:
    """A mapping for the file, as TOML. Raises SourceError for a file that cannot be read."""
    with _lying(sent) as path:
        return guessed(path.name, surveyed(path, MOST_ROWS), known_of(office))


def known_of(office: Office) -> Known:
    """What its permits and its people are called, in either language."""
    policies = [parsed(row.content) for row in office.policy_rows]
    permits = {permit.id: tuple(permit.names.values()) for policy in policies for permit in policy.permits.values()}
    return Known(permits, {person.id: (person.name,) for person in office.people.values()})


def checked(office: Office, sent: Sent, mapping_text: str) -> SourceMap:
    """The mapping, if the file can be read by it to its end. Raises SourceError."""
    mapping = mapping_of(mapping_text)
    with _lying(sent) as path:
        found = surveyed(path, MOST_ROWS, mapping)
        if mapping.events and not found.event_columns:
            raise SourceError("mapping events", "are of an event log; a second file of events takes: sla import")
        drafting(mapping, found.columns, found.event_columns, office.calendar.zone)
    return mapping


def bring_in(
    ground: Ground,
    office: Office,
    sent: Sent,
    mapping: SourceMap,
    *,
    dry: bool,
    refused: Path | None = None,
    say: Say = str,
) -> Report:
    """What came of each row, as of today; the rows that were refused are written to the file `refused`, with why.

    No transaction may be open: each holds some of the cases. Raises SourceError.
    """
    with ground.reading() as session:
        report = Report(office.today(ground.now_in(session)))
    with ExitStack() as stack:
        path, kept = stack.enter_context(_lying(sent)), stack.enter_context(spool())
        sheet = stack.enter_context(opened(path, mapping))
        event_columns = fill(kept, None, sheet, mapping, lambda _: None)
        draft = drafting(mapping, sheet.columns, event_columns, office.calendar.zone)
        source = Source(mapping.source, draft, kept, within=bool(sheet.event_columns))
        written = stack.enter_context(rejects(refused, sheet.columns, say)) if refused else None
        for outcome in bring_in_rows(ground, office.id, source, sheet.rows, dry=dry):
            report.add(outcome)
            if written:
                written.add(outcome)
    return report


@contextmanager
def refused_rows(ground: Ground, office: Office, sent: Sent, mapping: SourceMap, say: Say) -> Iterator[Path]:
    """The file of the rows that are refused, while it is there. Nothing is written of the others: what is in stays, and
    what is not is only tried."""
    with TemporaryDirectory(prefix="shixian-") as folder:
        path = Path(folder) / "refused.csv"
        bring_in(ground, office, sent, mapping, dry=True, refused=path, say=say)
        yield path


@contextmanager
def _lying(sent: Sent) -> Iterator[Path]:
    with TemporaryDirectory(prefix="shixian-") as folder:
        path = Path(folder) / _name(sent.name)
        path.write_bytes(sent.content)
        yield path


def _name(name: str) -> str:
    """What the file is called, without what would lead elsewhere or is too long for a disk."""
    told = name.replace("\\", "/").rpartition("/")[2]
    told = "".join(sign for sign in told if sign.isprintable() and not "\ud800" <= sign <= "\udfff")
    ending = form_of(told) or (told[told.rfind(".") :] if "." in told else "")
    return f"{told[: len(told) - len(ending)][:50] or 'cases'}{ending[:9]}"
