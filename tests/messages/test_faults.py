"""What is wrong with an input is said in the reader's language, whatever room found it."""

import ast
from datetime import date
from pathlib import Path

import pytest

from notifiers.channel import ChannelSettingsError
from schedules.faults import FieldError, Phrase
from sla.events import EventName
from sla.history import HistoryError, Phase
from sla.policies import PolicyError
from sla.service.errors import ServiceError
from sla.words import words
from tests.messages.catalogue import KEYWORDS, ROOMS

OWN = KEYWORDS.keys() - {"wrong", "_wrong", "_refuse"}


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (
            ServiceError("number", "%(number)s is taken already", number="2026-7"),
            "number: 2026-7 is taken already",
            "number: 编号 2026-7 已被占用",
        ),
        (
            ServiceError("permit", "%(value)r is unknown; known are: %(known)s", value="x", known=["a", "b"]),
            "permit: 'x' is unknown; known are: a, b",
            "permit: 没有 'x'；已有：a、b",
        ),
        (
            ServiceError("to", "%(to)s has no address for %(name)s; has: %(addresses)s", to="li", name="m",
                         addresses=[]),
            "to: li has no address for m; has: none",
            "to: li 没有 m 的地址；他有：无",
        ),
        (
            HistoryError(
                "kind",
                "%(kind)s cannot follow here: the case is %(phase)s; it may come while it is %(phases)s",
                kind=EventName("decided"), phase=Phase.RECEIVED, phases=[Phase.ACCEPTED],
            ),
            "kind: decided cannot follow here: the case is received; it may come while it is accepted",
            "kind: 此时不能记“办结”：办件处于“已收件”；只有处于以下状态时才能记：已受理",
        ),
        (
            ServiceError("clock", Phrase.listed([Phrase("%(clock)s was due on %(day)s", clock="promise",
                                                        day=date(2026, 9, 18)), PolicyError("limit", "is missing")])),
            "clock: promise was due on 2026-09-18; limit: is missing",
            "clock: promise 应于 2026-09-18 办结；limit: 没有填写",
        ),
        (
            ChannelSettingsError("kind", "%(kind)s is none of %(factories)s", kind="fax", factories=["mail", "sms"]),
            "kind: fax is none of mail, sms",
            "kind: 没有 fax；有：mail、sms",
        ),
        (FieldError("", "is empty"), "is empty", "是空的"),
        (OSError("what a system says"), "what a system says", "what a system says"),
    ],
)  # fmt: skip
def test_an_error_is_said_in_both_languages(error: Exception, english: str, chinese: str) -> None:
    assert str(error) == english == words("en").fault(error)
    assert words("zh").fault(error) == chinese


def test_a_long_list_of_sentences_is_said_whole() -> None:
    many = Phrase.listed([Phrase("%(clock)s was due on %(day)s", clock=n, day=date(2026, 9, 18)) for n in range(2000)])
    assert str(many).count("; ") == 1999 and words("zh").phrase(many).count("；") == 1999


def test_what_another_room_found_is_said_of_our_field() -> None:
    found = ServiceError.of(PolicyError("limit.amount", "must be a list"), "clocks.promise")
    assert (found.field, str(found)) == ("clocks.promise", "clocks.promise: must be a list")
    assert words("zh").fault(found) == "clocks.promise: 必须是列表"


def test_a_text_from_outside_is_never_a_pattern() -> None:
    """A value that holds a percent sign, or the name of another value, comes out as it went in."""
    error = ServiceError("title", "%(name)r is no key", name="100% %(number)s")
    assert "100% %(number)s" in str(error) and "100% %(number)s" in words("zh").fault(error)


def test_every_error_is_raised_with_a_text_that_can_be_said_in_chinese() -> None:
    """A text that is put together where it is raised is in no catalogue."""
    wrong = []
    for path in sorted(path for room in ROOMS for path in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OWN:
                place = {"Phrase": 0, "CellError": 0, "RequestError": 2}.get(node.func.id, 1)
                text = node.args[place] if len(node.args) > place else None
                if isinstance(text, ast.JoinedStr | ast.IfExp | ast.BinOp):
                    wrong.append(f"{Path(*path.parts[-3:])}:{node.lineno}")
    assert wrong == []
