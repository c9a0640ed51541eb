"""Several paper cases keyed in at once: a table, what would become of each row, and one button for all that can be.

A row that cannot be recorded says why at its place and takes no other with it; nothing that was typed is lost.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fastapi.responses import Response

from sla.access.forms import Form
from sla.history import HistoryError
from sla.rights import Right
from sla.service import cases, trying
from sla.service.cases import Recorded
from sla.service.errors import ServiceError
from sla.service.slips import OWN_SLIP
from sla.service.trying import Refused
from sla.web.asking import actor_field, permits_in_force
from sla.web.fields import Field, answers, filled
from sla.web.frame import App, Visit, case_path, page, paper_path
from sla.web.receiving import SEVERAL
from sla.web.recording import Effect, actor_of, effects_of, problem_text
from sla.web.routes import Route, acted, shown
from sla.words import NO_DATA

ROWS, MOST_ROWS = 10, 60
COLUMNS = ("permit", "title", "applicant", "contact", "on", "accepted_on")
_NEEDED = ("permit", "title")
_AS_ABOVE = ("permit", "on")  # left blank, they are as in the row above


@dataclass(frozen=True)
class Row:
    """One case as it was typed; `number` and `effects` once it was tried or recorded, else what is wrong with it:
    `wrong` is the column, `problem` says so, `detail` is the error's own English."""

    place: int
    values: Mapping[str, str]
    number: str = ""
    effects: tuple[Effect, ...] = ()
    wrong: str = ""
    problem: str = ""
    detail: str = ""

    @property
    def blank(self) -> bool:
        """A permit alone is no case: it was chosen ahead."""
        return not any(value for name, value in self.values.items() if name not in _AS_ABOVE)

    @property
    def path(self) -> str:
        return case_path(self.number)

    @property
    def slip(self) -> str:
        """The paper of a row that is accepted."""
        return paper_path("accepted", self.number) if self.values["accepted_on"] else ""


@dataclass(frozen=True)
class Several:
    """The page: `rows` to fill in or to mend, `good` that can be recorded, `done` that are."""

    columns: tuple[tuple[str, str], ...]
    permits: Mapping[str, str]
    by: Field | None
    rows: tuple[Row, ...] = ()
    good: tuple[Row, ...] = ()
    done: tuple[Row, ...] = ()

    @property
    def places(self) -> int:
        """The number of the last row."""
        return max((row.place for row in (*self.rows, *self.good)), default=0)


def routes(app: App) -> list[Route]:
    return [shown(app, SEVERAL, Right.RECORD, _empty), acted(app, SEVERAL, Right.RECORD, _taken)]


def _empty(app: App, visit: Visit) -> Response:
    return _page(app, visit, replace(_several(visit), rows=_more(())))


def _taken(app: App, visit: Visit, form: Form) -> Response:
    view, rows, step = _several(visit), _typed(form), form.asked("step")
    if view.by:
        view = replace(view, by=filled((view.by,), form)[0])
    if step == "more":
        return _page(app, visit, replace(view, rows=_more(rows)))
    if step == "change":
        return _page(app, visit, replace(view, rows=tuple(replace(row, number="") for row in rows)))
    if view.by and not view.by.value:
        text = problem_text(visit.said, view.by.label, lacking=True)
        return _page(app, visit, replace(view, by=replace(view.by, problem=text), rows=rows), 422)
    rows = _as_above(rows)
    return _recorded(app, visit, view, rows) if step == "record" else _checked(app, visit, view, rows)


def _checked(app: App, visit: Visit, view: Several, rows: Sequence[Row]) -> Response:
    """What would become of each row; nothing is kept."""
    view = _looked_at(visit, view, rows)
    if not view.good and not view.rows:
        view = replace(view, rows=_more(()))
    return _page(app, visit, view, 422 if any(row.problem for row in view.rows) else 200)


def _looked_at(visit: Visit, view: Several, rows: Iterable[Row]) -> Several:
    """The rows apart: those that can be recorded, each with its number and its dates, and those that cannot yet."""
    rows = tuple(replace(row, number="") for row in rows if not row.blank)
    tried = _judged(visit, rows, trying.each_tried(visit.session, _writes(visit, view, rows)))
    good, bad = (tuple(row for row in tried if bool(row.number) is can) for can in (True, False))
    return replace(view, good=good, rows=bad)


def _recorded(app: App, visit: Visit, view: Several, rows: Sequence[Row]) -> Response:
    """Write the rows that were looked at; those that cannot be, and those that were not, come back as they were typed,
    each with what is to be said of it."""
    looked_at = tuple(row for row in rows if row.number)
    titles = {row.number: row.values["title"] for row in looked_at}
    actor, since = visit.visitor.person_id or (view.by.value if view.by else ""), visit.now - OWN_SLIP
    own, taken = trying.numbers_of_these(visit.session, visit.office, titles, actor, since)
    twice = tuple(row for row in looked_at if row.number in own)  # the button was pressed twice
    free = {row.number: "" if row.number in taken else row.number for row in looked_at}
    fresh = tuple(replace(row, number=free[row.number]) for row in looked_at if row not in twice)
    written = _judged(visit, fresh, trying.each_kept(visit.session, _writes(visit, view, fresh)))
    done = sorted((*twice, *(row for row in written if row.number)), key=lambda row: row.place)
    left = (*(row for row in rows if not row.number), *(row for row in written if not row.number))
    view = _looked_at(visit, view, sorted(left, key=lambda row: row.place))
    return _page(app, visit, replace(view, done=tuple(done)), 422 if view.rows else 200)


# --- a row ------------------------------------------------------------------------------------------------------------
def _writes(visit: Visit, view: Several, rows: Iterable[Row]) -> list[Callable[[], Recorded]]:
    return [lambda row=row: _written(visit, view, row) for row in rows]  # type: ignore[misc]  # bound now, called later


def _written(visit: Visit, view: Several, row: Row) -> Recorded:
    """The receipt of a row, and its acceptance if it has a day."""
    lacking = next((name for name in _NEEDED if not row.values[name]), "")
    if lacking:
        raise ServiceError(lacking, "is missing")
    session, office, now, values = visit.session, visit.office, visit.now, row.values
    actor = actor_of(visit, Right.RECORD, answers((view.by,)) if view.by else {})
    details = {name: values[name] for name in ("permit", "title", "applicant", "contact") if values[name]}
    when = cases.when_parsed(office, values["on"], now, "on")
    done = cases.receive(session, office, details, when, now, actor, row.number)
    if not values["accepted_on"]:
        return done
    accepted = cases.when_parsed(office, values["accepted_on"], now, "accepted_on")
    try:
        return cases.record(session, office, done.number, "accepted", {}, accepted, now, actor)
    except (ServiceError, HistoryError) as error:
        raise ServiceError.of(error, "accepted_on") from None


def _judged(visit: Visit, rows: Iterable[Row], results: Iterable[Recorded | Refused]) -> tuple[Row, ...]:
    return tuple(_judge(visit, row, result) for row, result in zip(rows, results, strict=True))


def _judge(visit: Visit, row: Row, result: Recorded | Refused) -> Row:
    if isinstance(result, Recorded):
        effects = effects_of(None, result.history, visit.now, visit.said)
        dated = tuple(effect for effect in effects if effect.after != NO_DATA)
        return replace(row, number=result.number, effects=dated)
    wrong = {"occurred_at": "on", "at": "on"}.get(result.field, result.field)
    lacking = wrong in _NEEDED and not row.values[wrong]
    problem = problem_text(visit.said, dict(_columns(visit)).get(wrong, ""), lacking=lacking)
    detail = "" if lacking else visit.said.phrase(result.detail)
    return replace(row, number="", effects=(), wrong=wrong, problem=problem, detail=detail)


# --- the form ---------------------------------------------------------------------------------------------------------
def _typed(form: Form) -> tuple[Row, ...]:
    """The rows of a form, each with the number it was shown if it was looked at."""
    text = form.asked("rows")
    count = min(int(text), MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return tuple(_row(form, place) for place in range(1, count + 1))


def _row(form: Form, place: int) -> Row:
    number = form.asked(f"shown-{place}")
    values = {name: form.asked(f"{name}-{place}") for name in COLUMNS}
    return Row(place, values, number=number if len(number) <= 80 and number.isprintable() else "")


def _as_above(rows: Iterable[Row]) -> tuple[Row, ...]:
    """What is left blank is as in the row above, where that can be meant."""
    above = dict.fromkeys(_AS_ABOVE, "")
    found = []
    for row in rows:
        if not row.blank:
            above = {name: row.values[name] or above[name] for name in _AS_ABOVE}
        found.append(row if row.blank else replace(row, values={**row.values, **above}))
    return tuple(found)


def _more(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Ten rows more, as far as a form may be long."""
    first = max((row.place for row in rows), default=0) + 1
    blank = dict.fromkeys(COLUMNS, "")
    return (*rows, *(Row(place, blank) for place in range(first, min(first + ROWS, MOST_ROWS + 1))))


def _several(visit: Visit) -> Several:
    permits = permits_in_force(visit.office, visit.now)
    names = {permit: visit.said.name(policy.permits[permit].names) for permit, policy in permits.items()}
    by = None if visit.visitor.person_id else actor_field(visit.office, Right.RECORD, visit.said)
    return Several(_columns(visit), names, by)


def _columns(visit: Visit) -> tuple[tuple[str, str], ...]:
    said = visit.said
    labels = (
        said.gettext("Permit"), said.gettext("Title"), said.gettext("Applicant"), said.gettext("Contact"),
        said.gettext("Received on"), said.gettext("Accepted on"),
    )  # fmt: skip
    return tuple(zip(COLUMNS, labels, strict=True))


def _page(app: App, visit: Visit, view: Several, status: int = 200) -> Response:
    return page(app, visit.request, "several.html", {"view": view, "most": MOST_ROWS}, status)
