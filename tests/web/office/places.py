"""A place of each page: who looks at it, and an address where there is something to see. Every page of the server has
one (tests/browser/test_every_page.py), and what walks over all pages walks over these.

They are those of the office of this folder's cast, once it is filled up.
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from tests.browser.cast import AWAITING, DUE_TODAY, NEXT_DAYS, PAUSED
from tests.web.office.cast import Bureau

NOBODY = ""
NOTICE = quote("云政办〔2026〕31号")
PLACES: dict[str, dict[str, Sequence[str]]] = {
    NOBODY: {"/sign-in": ["/sign-in"], "/offices": ["/offices"], "/lookup": ["/lookup"]},
    "li": {
        "/": ["/?view=office", "/?list=next_days", "/"],
        "/keys": ["/keys"],
        "/cases": ["/cases", "/cases?light=red"],
        "/cases/{number:path}": [f"/cases/{{{NEXT_DAYS[0]}}}", f"/cases/{{{PAUSED[0]}}}"],
        "/new": ["/new", "/new?permit=land_use"],
        "/new/several": ["/new/several"],
        "/record/{kind}/{number:path}": [
            f"/record/paused/{{{DUE_TODAY[0]}}}", f"/record/correction_requested/{{{AWAITING[0]}}}",
        ],
        "/papers/{kind}/{number:path}": [
            f"/papers/accepted/{{{DUE_TODAY[0]}}}", f"/papers/paused/{{{PAUSED[0]}}}",
        ],
        "/lookup-code/{number:path}": [f"/lookup-code/{{{DUE_TODAY[0]}}}"],
        "/subscription": ["/subscription"],
        "/account": ["/account"],
        "/password": ["/password"],
    },
    "zhao": {
        "/void/{seq:int}/{number:path}": [f"/void/2/{{{DUE_TODAY[0]}}}"],
        "/rates": ["/rates", "/rates?against=before"],
        "/rates/cases": ["/rates/cases?figure=counted"],
        "/rates/report": ["/rates/report?against=before"],
        "/rates/what-if": ["/rates/what-if", "/rates/what-if?from=2026-01-01&to=2026-12-31&closed_from=2026-09-18"],
        "/overruns": ["/overruns"],
        "/overruns/sheet": ["/overruns/sheet"],
    },
    "sun": {
        "/office": ["/office"],
        "/audit": ["/audit"],
        "/audit/verify": ["/audit/verify"],
        "/audit/signs": ["/audit/signs"],
    },
    "qian": {
        "/calendar": ["/calendar?year=2026", "/calendar?year=2027"],
        "/calendar/load": ["/calendar/load"],
        "/calendar/apply": [f"/calendar/apply?notice={NOTICE}"],
        "/calendar/go-on": ["/calendar/go-on"],
        "/deliveries": ["/deliveries"],
        "/deliveries/retry": ["/deliveries/retry?state=dead"],
        "/policies": ["/policies"],
        "/policies/version": ["/policies/version?policy=cn_planning&version=1"],
        "/policies/draft": ["/policies/draft?from=cn_planning"],
        "/policies/discard": ["/policies/discard?policy=cn_planning"],
        "/policies/publish": ["/policies/publish?policy=cn_planning"],
        "/people": ["/people"],
        "/people/absence": ["/people/absence?person=li"],
        "/people/back": ["/people/back?person=li&from=2026-10-12"],
        "/people/handover": ["/people/handover?from=wang"],
        "/people/password": ["/people/password?person=li"],
        "/people/no-password": ["/people/no-password?person=zhao"],
        "/channels": ["/channels"],
        "/channels/test": ["/channels/test?name=log"],
        "/channels/pause": ["/channels/pause?name=log"],
        "/channels/resume": ["/channels/resume?name=robot"],
        "/channels/kinds": ["/channels/kinds"],
        "/channels/new": ["/channels/new?kind=wecom"],
        "/tokens": ["/tokens"],
        "/tokens/new": ["/tokens/new"],
        "/tokens/revoke": ["/tokens/revoke?name=archive-system"],
        "/import": ["/import"],
    },
}  # fmt: skip


def places_of(office: Bureau, who: str) -> Iterator[str]:
    """The addresses of somebody's pages; the title of a case stands for its number."""
    for addresses in PLACES[who].values():
        for address in addresses:
            yield address.format(**{title: quote(number, safe="") for title, number in office.numbers.items()})
