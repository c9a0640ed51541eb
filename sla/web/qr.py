"""The square on a paper that leads back to its case: drawn here, for a page that may load nothing from elsewhere."""

from urllib.parse import urlsplit

import segno
from markupsafe import Markup

from sla.service.lists import case_link
from sla.service.lookup import lookup_link
from sla.service.offices import Office

_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def leads_to(office: Office, number: str, code: str = "") -> str:
    """Where the square on a case's papers leads: with the applicant's code to the look-up, else to the case under the
    office's link; "" where that leads nowhere from a telephone."""
    link = lookup_link(office, number, code) if code else case_link(office, number)
    host = urlsplit(link).hostname
    return link if host and host not in _THIS_MACHINE else ""


def square(text: str) -> Markup:
    """A text as a QR code, readable with a tenth of it dirty; "" for no text."""
    if not text:
        return Markup()
    drawn = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, svgclass="qr", lineclass=None, border=4)
    return Markup(drawn)  # noqa: S704 - of the text it holds nothing but dark and light
