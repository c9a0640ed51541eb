"""Where every page is photographed: full, empty and in error, as whom, and how each state is reached. No browser here.

A page that has no empty or no wrong state says why instead. Which addresses are pages, tests/web/shown.py says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.access.cast import PASSWORD

Step = tuple[str, str | None]
FILE = (
    "办件编号,事项,项目名称,承办人,收件日期,到期日\n"
    "旧-1,建设项目选址意见书,城北变电站,李敏,2026-09-14,2026-09-17\n旧-2,选址,南湖公园,王强,2026-09-14,\n"
)
CHECK: Step = ("button[value=check]", None)
ASKS = "it asks, and lists nothing"
ITS_OWN = "it is there only for what is there"
NOTHING_ASKED = "nothing is asked of it that could be wrong"


@dataclass(frozen=True)
class State:
    """How a page looks to `who` ("" is nobody), one of the people at one of the gallery's places (`at`).

    `{...}` in a path is filled in by the gallery. `steps` are done first: a field and what is put into it, or a button
    and None. `status` is what is answered last.
    """

    path: str
    who: str = "qian"
    at: str = "window"
    steps: tuple[Step, ...] = ()
    status: int = 200
    english: bool = False


@dataclass(frozen=True)
class Place:
    """A page: its address as in the list of routes, what its pictures and the documentation call it, its states."""

    route: str
    name: str
    title: str
    full: State
    empty: State | str
    error: State | str
    more: tuple[tuple[str, State], ...] = ()

    def states(self) -> Iterator[tuple[str, State]]:
        """Each with its name, the full one first."""
        for name, state in (("full", self.full), ("empty", self.empty), ("error", self.error), *self.more):
            if isinstance(state, State):
                yield name, state


def wrong(path: str, who: str = "qian", status: int = 400, at: str = "window") -> State:
    """Asked for what is not there, or makes no sense."""
    return State(path, who, at, status=status)


def bare(path: str) -> State:
    """At an office with one administrator, who records and reports too, and nothing else."""
    return State(path, "qian", "bare")


def filled(path: str, *steps: Step, who: str = "qian", status: int = 200, press: Step = CHECK) -> State:
    """A form, filled in and sent."""
    return State(path, who, steps=(*steps, press), status=status)


NOTICE = "/calendar/apply?notice=%E4%BA%91%E6%94%BF%E5%8A%9E%E3%80%942026%E3%80%9531%E5%8F%B7"
LET_IN = (("#name", "wang"), ("#password", PASSWORD), ("form[action='/sign-in'] button", None))
CHANGE = ("form[action='/password'] button", None)
SHORT = (("[name=old]", PASSWORD), ("[name=new]", "short"), ("[name=again]", "short"), CHANGE)
LOOK = ("form[action='/lookup'] button", None)
SEVERAL = (
    ("#permit-1", "land_use"), ("#title-1", "滨河路加油站"), ("#applicant-1", "某某能源有限公司"),
    ("#on-1", "2026-09-22"),
    ("#accepted_on-1", "2026-09-22"), ("#title-2", "老城小学扩建"),
)  # fmt: skip

TODAY_AND_CASES = (
    Place(
        "/", "today", "Today", State("/?view=office", "zhao"), bare("/"), wrong("/?handler=nobody", "li"),
        (
            ("mine", State("/", "li")),
            ("list", State("/?list=overdue", "zhao")),
            ("english", State("/?view=office", "zhao", english=True)),
        ),
    ),
    Place(
        "/cases/{number:path}", "case", "A case", State("/cases/{running}", "li"), ITS_OWN,
        wrong("/cases/2026", "li", 404),
        (
            ("paused", State("/cases/{paused}", "li")),
            ("overdue", State("/cases/{overdue}", "zhao")),
            ("english", State("/cases/{running}", "li", english=True)),
        ),
    ),
    Place(
        "/cases", "cases", "Cases", State("/cases", "li"), bare("/cases"), wrong("/cases?from=soon", "li"),
        (("none-found", State("/cases?text=nothing", "li")),),
    ),
    Place("/keys", "keys", "Keyboard", State("/keys", "li"), "it is always the same", NOTHING_ASKED),
)  # fmt: skip

RECORDING = (
    Place(
        "/new", "new", "New case", State("/new?permit=land_use", "li"), ASKS,
        filled("/new?permit=land_use", who="li", status=422),
        (
            ("choice", State("/new?choose=1", "li")),
            ("tried", filled("/new?permit=land_use", ("[name=title]", "滨河路加油站"), who="li")),
        ),
    ),
    Place(
        "/new/several", "several", "Several new cases", State("/new/several", "li"), ASKS,
        filled("/new/several", *SEVERAL, ("#accepted_on-2", "2026-09-30"), who="li", status=422),
        (("tried", filled("/new/several", *SEVERAL, who="li")),),
    ),
    Place(
        "/record/{kind}/{number:path}", "record", "Recording", State("/record/decided/{running}", "li"), ASKS,
        filled("/record/decided/{running}", who="li", status=422),
        (
            ("tried", filled("/record/decided/{running}", ("[name=outcome]", "approved"), who="li")),
            ("two-clerks", filled("/record/decided/{running}", ("[name=outcome]", "approved"), ("[name=seq]", "1"),
                                  who="li", status=409)),
            ("too-late", State("/record/accepted/{running}", "li", status=409)),
            ("no-such", wrong("/record/nothing/{running}", "li")),
            ("paused", State("/record/paused/{running}", "li")),
        ),
    ),
    Place(
        "/void/{seq:int}/{number:path}", "void", "Voiding an event", State("/void/5/{running}", "zhao"), ASKS,
        filled("/void/5/{running}", who="zhao", status=422),
        (
            ("tried", filled("/void/5/{running}", ("[name=reason]", "登记错件"), who="zhao")),
            ("no-such", wrong("/void/99/{running}", "zhao")),
        ),
    ),
    Place(
        "/lookup-code/{number:path}", "lookup-code", "The code for an applicant", State("/lookup-code/{running}", "li"),
        ITS_OWN, wrong("/lookup-code/2026", "li", 404),
    ),
    Place(
        "/papers/{kind}/{number:path}", "slip", "Papers", State("/papers/accepted/{running}", "li"), ITS_OWN,
        wrong("/papers/refused/{running}", "li"),
        (
            *((kind, State(f"/papers/{kind}/{{{case}}}", "li"))
              for kind, case in (
                ("decided", "delivered"), ("delivered", "delivered"), ("paused", "paused"),
                ("correction_requested", "corrected"), ("refused", "refused"), ("not_required", "not_required"),
            )),
            ("extended", State("/papers/extended/{extended}", "", "extending")),
        ),
    ),
)  # fmt: skip

REPORTS = (
    Place(
        "/rates", "rates", "On-time rate", State("/rates", "zhao"), bare("/rates"),
        wrong("/rates?from=2026-13-01", "zhao"), (("english", State("/rates", "zhao", english=True)),),
    ),
    Place(
        "/rates/cases", "rates-cases", "The cases behind a figure", State("/rates/cases?figure=completed", "zhao"),
        bare("/rates/cases?figure=completed"), wrong("/rates/cases?figure=none", "zhao"),
    ),
    Place(
        "/rates/report", "report", "The report to print", State("/rates/report", "zhao"), bare("/rates/report"),
        wrong("/rates/report?from=soon", "zhao"),
    ),
    Place(
        "/rates/what-if", "what-if", "What if",
        State("/rates/what-if?from=2026-09-01&promise-rural_construction=5&counted=public_notice", "zhao"),
        bare("/rates/what-if?from=2026-01-01&to=2026-12-31"), wrong("/rates/what-if?leave=li", "zhao"),
        (("asked", State("/rates/what-if", "zhao")),),
    ),
    Place(
        "/overruns", "overruns", "Overruns", State("/overruns", "zhao"), bare("/overruns"),
        wrong("/overruns?from=soon", "zhao"),
    ),
    Place(
        "/overruns/sheet", "sheet", "Overruns, to publish", State("/overruns/sheet", "zhao"), bare("/overruns/sheet"),
        wrong("/overruns/sheet?from=soon", "zhao"),
    ),
)  # fmt: skip

OFFICE = (
    Place("/office", "office", "Office", State("/office"), bare("/office"), wrong("/office", "li", 403)),
    Place(
        "/calendar", "calendar", "Calendar", State("/calendar"), bare("/calendar"), wrong("/calendar?year=1"),
        (("unannounced", State("/calendar?year=2027")),),
    ),
    Place(
        "/calendar/load", "notice", "A notice, put on record", State("/calendar/load"), ASKS,
        filled("/calendar/load", ("[name=number]", "1"), ("[name=title]", "停工"), ("[name=published]", "2026-09-20"),
               ("[name=off]", "soon"), status=422),
    ),
    Place(
        "/calendar/apply", "apply", "A notice, applied", State(NOTICE), ITS_OWN, wrong("/calendar/apply?notice=none"),
        (("tried", filled(NOTICE)),),
    ),
    Place(
        "/calendar/go-on", "go-on", "A change of the calendar, gone on with", State("/calendar/go-on"), ASKS,
        filled("/calendar/go-on", status=422),
    ),
    Place(
        "/deliveries", "deliveries", "Deliveries", State("/deliveries"), bare("/deliveries"),
        wrong("/deliveries?person=nobody"), (("none-found", State("/deliveries?channel=log&state=pending")),),
    ),
    Place(
        "/deliveries/retry", "retry", "Messages, sent again", State("/deliveries/retry?state=dead"), ASKS,
        filled("/deliveries/retry?channel=robot&person=sun", status=422),
        (("tried", filled("/deliveries/retry?state=dead")),),
    ),
    Place(
        "/policies", "policies", "Policies", State("/policies"), bare("/policies"), NOTHING_ASKED,
    ),
    Place(
        "/policies/version", "policy", "A policy as it was written",
        State("/policies/version?policy=cn_planning&version=1"), ITS_OWN,
        wrong("/policies/version?policy=none&version=1"),
    ),
    Place(
        "/policies/draft", "draft", "A draft", State("/policies/draft?policy=cn_planning"),
        State("/policies/draft"), filled("/policies/draft", ("[name=text]", "id = "), status=422),
    ),
    Place(
        "/policies/publish", "publish", "Publishing a draft", State("/policies/publish?policy=cn_planning"), ITS_OWN,
        wrong("/policies/publish?policy=none"),
        (("tried", filled("/policies/publish?policy=cn_planning", ("[name=valid_from]", "2026-11-01"))),),
    ),
    Place(
        "/policies/discard", "discard", "Discarding a draft", State("/policies/discard?policy=cn_planning"), ITS_OWN,
        wrong("/policies/discard?policy=none"),
    ),
    Place("/people", "people", "People", State("/people"), bare("/people"), NOTHING_ASKED),
    Place(
        "/people/absence", "absence", "An absence", State("/people/absence?person=wang"), ASKS,
        filled("/people/absence?person=wang", ("[name=from]", "2026-10-16"), ("[name=to]", "2026-10-12"), status=422),
        (("tried", filled("/people/absence?person=wang", ("[name=from]", "2026-09-23"), ("[name=to]", "2026-09-30"))),),
    ),
    Place(
        "/people/back", "back", "Back earlier", State("/people/back?person=li&from=2026-10-12"), ITS_OWN,
        filled("/people/back?person=li&from=2026-01-01", status=422),
    ),
    Place(
        "/people/handover", "handover", "Handing over", State("/people/handover?from=wang"), ASKS,
        filled("/people/handover?from=wang", status=422),
        (("tried", filled("/people/handover?from=wang", ("[name=to]", "li"), ("[name=reason]", "调离窗口"))),),
    ),
    Place(
        "/people/password", "give-password", "A password for somebody", State("/people/password?person=li"), ASKS,
        wrong("/people/password?person=nobody"),
        (("given", State("/people/password?person=chen", steps=(CHECK, ("button[value=do]", None)))),),
    ),
    Place(
        "/people/no-password", "no-password", "A password, taken away", State("/people/no-password?person=li"), ASKS,
        wrong("/people/no-password?person=nobody"), (("tried", filled("/people/no-password?person=li")),),
    ),
    Place(
        "/channels", "channels", "Channels", State("/channels"), bare("/channels"), NOTHING_ASKED,
    ),
    Place(
        "/channels/kinds", "kinds", "Kinds of channel", State("/channels/kinds"), "there are always some", NOTHING_ASKED
    ),
    Place(
        "/channels/new", "new-channel", "A new channel", State("/channels/new?kind=wecom"), ASKS,
        filled("/channels/new?kind=wecom", ("[name=name]", "log"), status=422),
        (("mail", State("/channels/new?kind=email")),),
    ),
    Place(
        "/channels/test", "test-channel", "A channel, tried", State("/channels/test?name=log"), ASKS,
        wrong("/channels/test?name=none"), (("tried", filled("/channels/test?name=log", ("[name=to]", "li"))),),
    ),
    Place(
        "/channels/pause", "pause-channel", "A channel, paused", State("/channels/pause?name=log"), ASKS,
        wrong("/channels/pause?name=none"),
        (("tried", filled("/channels/pause?name=log", ("[name=because]", "机房检修"))),),
    ),
    Place(
        "/channels/resume", "resume-channel", "A channel, resumed", State("/channels/resume?name=robot"), ASKS,
        wrong("/channels/resume?name=none"),
    ),
    Place("/tokens", "tokens", "Keys for programs", State("/tokens"), bare("/tokens"), NOTHING_ASKED),
    Place(
        "/tokens/new", "new-token", "A key for a program", State("/tokens/new"), ASKS,
        filled("/tokens/new", ("[name=name]", "display"), ("[name=until]", "2026-09-01"), status=422),
        (
            ("made", State("/tokens/new", steps=(
                ("[name=name]", "display"), ("[name=rights][value=read]", "on"), CHECK, ("button[value=do]", None),
            ))),
        ),
    ),
    Place(
        "/tokens/revoke", "revoke", "A key, revoked", State("/tokens/revoke?name=archive-system"), ITS_OWN,
        wrong("/tokens/revoke?name=none"),
    ),
    Place("/audit", "audit", "Audit", State("/audit", "sun"), bare("/audit"), wrong("/audit", "li", 403)),
    Place(
        "/audit/verify", "verify", "The record, verified", State("/audit/verify", "sun"), bare("/audit/verify"),
        NOTHING_ASKED,
    ),
    Place(
        "/audit/signs", "signs", "What may be asked about", State("/audit/signs", "sun"), bare("/audit/signs"),
        wrong("/audit/signs?from=soon", "sun"),
    ),
    Place(
        "/import", "import", "Bringing in cases", filled("/import", ("#f-file", FILE)), State("/import"),
        filled("/import", ("#f-file", "nothing of the kind"), status=422),
        (("done", State("/import", steps=(("#f-file", FILE), CHECK, ("button[value=do]", None)))),),
    ),
)  # fmt: skip

ONES_OWN = (
    Place(
        "/sign-in", "sign-in", "Signing in", State("/sign-in", ""), ASKS,
        State("/sign-in", "", steps=(("#name", "li"), ("#password", "wrong"), LET_IN[-1]), status=401),
    ),
    Place(
        "/password", "password", "One's password", State("/password", "li"), ASKS,
        State("/password", "li", steps=SHORT, status=400),
        (("forced", State("/sign-in", "", steps=LET_IN)),),
    ),
    Place(
        "/account", "account", "One's account", State("/account", "li"), "whoever sees it is signed in",
        State("/account", "li", steps=(("button[name=which]", "over"), ("button[name=which]", None)), status=400),
    ),
    Place(
        "/subscription", "subscription", "One's own calendar",
        State("/subscription", "zhao", steps=(("form[action='/subscription'] button", None),)),
        State("/subscription", "sun"), NOTHING_ASKED,
    ),
)  # fmt: skip

OUTSIDE = (
    Place(
        "/lookup", "lookup", "An applicant's look-up",
        State("/lookup", "", steps=(("#lookup-number", "{running}"), ("#lookup-code", "{code}"), LOOK)),
        State("/lookup", ""),
        State("/lookup", "", steps=(("#lookup-number", "1"), ("#lookup-code", "ABCD"), LOOK), status=404),
        (
            ("paused", State("/lookup", "", steps=(
                ("#lookup-number", "{paused}"), ("#lookup-code", "{paused code}"), LOOK,
            ))),
            ("none-offered", State("/lookup", "qian", "bare", status=404)),
            ("offices", State("/lookup", "", "offices")),
            ("english", State("/lookup", "", steps=(
                ("#lookup-number", "{running}"), ("#lookup-code", "{code}"), LOOK,
            ), english=True)),
        ),
    ),
    Place(
        "/offices", "offices", "The choice of an office", State("/", "", "offices"),
        State("/", "", "first", status=503), NOTHING_ASKED, (("page", State("/offices", "", "offices")),),
    ),
)  # fmt: skip

BESIDE = (
    Place("", "no-page", "What there is not", State("/nowhere", "li", status=404), ITS_OWN, ITS_OWN),
    Place("", "api", "The API", State("/api/v1/docs", "li"), "it is always the same", NOTHING_ASKED),
)

PLACES = (*TODAY_AND_CASES, *RECORDING, *REPORTS, *OFFICE, *ONES_OWN, *OUTSIDE, *BESIDE)
