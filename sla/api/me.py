"""Who am I."""

from datetime import datetime

from sla.access.forms import token_of
from sla.api.operations import Call, Open, Operation, caller_of
from sla.api.shapes import Shape, local
from sla.rights import Right


class Me(Shape):
    """Who asks, and what they may."""

    office: str
    office_name: str
    caller: str
    """`person:ID`, `key:NAME`, or `machine` where nobody signs in."""
    name: str
    rights: list[Right]
    expires_at: datetime | None
    """Of a key."""
    must_change_password: bool
    form_token: str | None
    """Of a sign-in: what a page of this server sends as X-Form-Token when it writes."""
    now: datetime


def _me(call: Call) -> Me:
    visitor, office = call.visitor, call.office
    zone = office.calendar.zone
    return Me(
        office=office.slug,
        office_name=office.name,
        caller=caller_of(visitor),
        name=office.people[visitor.person_id].name if visitor.person_id else "",
        rights=sorted(visitor.rights),
        expires_at=local(visitor.token.expires_at, zone) if visitor.token else None,
        must_change_password=visitor.must_change,
        form_token=token_of(call.request) if visitor.signed_in else None,
        now=call.now.astimezone(zone),
    )


OPERATIONS = (Operation("GET", "/me", "whoAmI", "me", "Who am I, and what may I do", Open.KNOWN, Me, _me),)
