"""Event logs by the structure that IEEE 1849-2016 describes, checked by another program (xmlschema).

Source: `xes.xsd` beside this file; XML 1.0, 2.2 for the signs a document may hold.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
import xmlschema

from sla.formats.as_xes import Log, Trace, Value, Written, write_xes

AT = datetime(2026, 9, 18, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TRACES = (
    Trace({"concept:name": "建字第20260012号", "on_time": True}, [{"concept:name": "收件", "time:timestamp": AT}]),
    Trace({"concept:name": "2"}, []),
)


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(Path(__file__).with_name("xes.xsd"))


def written(*traces: Trace) -> bytes:
    out = BytesIO()
    log = Log(
        {"concept:name": "window"}, iter(traces), {"concept:name": "?"}, {"concept:name": "?", "time:timestamp": AT},
        {"Activity": ("concept:name", "lifecycle:transition")},
    )  # fmt: skip
    assert write_xes(log, out) == Written(len(traces), sum(len(trace.events) for trace in traces))
    return out.getvalue()


def test_a_log_has_the_standards_structure() -> None:
    schema().validate(BytesIO(written(*TRACES)))


def test_a_log_without_cases_has_it_too() -> None:
    schema().validate(BytesIO(written()))


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda text: text.replace("<log ", "<log x='' ", 1),
        lambda text: text.replace('value="2026-09-18T15:00:00+08:00"', 'value="2026-09-18"'),
        lambda text: text.replace('key="on_time"', 'key="on time"'),
        lambda text: text.replace('key="on_time"', 'key="concept:name"'),
        lambda text: text.replace("1849.2016", "1849-2016"),
        lambda text: text.replace("</log>", '<extension name="T" prefix="t" uri="x"/></log>'),
    ],
)  # fmt: skip
def test_what_has_another_structure_is_found_out(spoiled: Callable[[str], str]) -> None:
    text = written(*TRACES).decode()
    assert spoiled(text) != text
    assert not schema().is_valid(BytesIO(spoiled(text).encode()))


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("<b>\"&'", "string", "<b>\"&'"),
        ("two\nlines\tand a tab", "string", "two\nlines\tand a tab"),
        ("a\x00b\x1fc\ud800d\uffffe", "string", "a\ufffdb\ufffdc\ufffdd\ufffde"),
        (True, "boolean", "true"),
        (3, "int", "3"),
        (2.5, "float", "2.5"),
        (AT, "date", "2026-09-18T15:00:00+08:00"),
        (AT.replace(microsecond=5), "date", "2026-09-18T15:00:00.000005+08:00"),
    ],
)
def test_a_value_is_read_back_by_another_program_as_what_it_is(value: Value, kind: str, text: str) -> None:
    content = written(Trace({"x": value}, []))
    schema().validate(BytesIO(content))
    [found] = [element for element in ET.fromstring(content).iter() if element.get("key") == "x"]
    assert (found.tag, found.get("value")) == (kind, text)
