"""An office that tells its applicants how their cases stand: by short message through a gateway, else by mail.

Zhang Wei   has a mobile number and a mail address       the gateway   takes what it is sent, or says no
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.notifiers.test_email import Desk, serving
from tests.service.cast import OFFICE, Window

MOBILE, EMAIL, NAME = "13800138000", "zhangwei@example.org", "张伟"
ZHANG: dict[str, Any] = {"applicant": NAME, "mobile": MOBILE, "email": EMAIL}
CHANNELS = """
[channels.sms]
kind = "sms"
url = "{url}"
success = "code=0"
final = ["9"]
most_characters = 500

[channels.post]
kind = "email"
host = "127.0.0.1"
port = {port}
sender = "window@office.example"
security = "none"

[applicants]
tell = {tell}
by = ["sms", "post"]
inquiries = "0371-6777"
"""
ALL = ("accepted", "paused", "extended", "decided")


@dataclass
class Post:
    """What reached applicants, and the office around them. `refuses`: the gateway says no for good from then on."""

    window: Window
    desk: Desk
    url: str
    port: int
    refuses: bool = False
    got: list[tuple[str, str]] = field(default_factory=list)

    def gateway(self, request: Request) -> Response:
        call = json.loads(request.data)
        if not self.refuses:
            self.got.append((call["mobile"], call["text"]))
        return Response(json.dumps({"code": "9" if self.refuses else "0"}), content_type="application/json")

    def office(self, tell: tuple[str, ...] = ALL, language: str = "en") -> str:
        text = OFFICE.replace('language = "en"', f'language = "{language}"')
        return text + CHANNELS.format(url=self.url, port=self.port, tell=json.dumps(tell))

    def run(self, moment: str = "") -> list[str]:
        """All that is due is sent, at that moment; the short messages that came of it."""
        if moment:
            self.window.at(moment)
        seen = len(self.got)
        self.window.app.settle_all()
        return [text for _, text in self.got[seen:]]

    def mails(self) -> list[EmailMessage]:
        """Those that came since it was last asked."""
        taken, found = list(self.desk.taken), []
        for _ in taken:
            found.append(self.desk.mail())
            self.desk.taken.pop()
        return found[::-1]

    def log(self) -> list[tuple[str, str, str]]:
        """Of each message to an applicant the kind, what became of it, and why."""
        rows = [row for row in self.window.rows("message") if row.kind.startswith("applicant.")]
        return sorted((row.kind.removeprefix("applicant."), row.state, row.reason) for row in rows)


@contextmanager
def post_of(window: Window, httpserver: HTTPServer) -> Iterator[Post]:
    """The window with all of it on, at 2026-09-18 09:30."""
    desk = Desk()
    with serving(desk) as port:
        post = Post(window, desk, httpserver.url_for("/sms"), port)
        httpserver.expect_request("/sms", method="POST").respond_with_handler(post.gateway)
        window.apply(post.office())
        window.at("2026-09-18 09:30")
        yield post


def words_of(mail: EmailMessage) -> str:
    body: Any = mail.get_body(("plain",))
    return str(body.get_content())
