"""`sla export xes`: valid by the standard's structure, read back by our own import with the same cases and times, and
never held whole. On both databases; dates counted by hand beside tests/service/cast.py."""

import gzip
import re
import tracemalloc
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from sla.formats.as_xes import Log, Trace, write_xes
from tests.cli.cast import CommandLine, one_line
from tests.formats.test_xes import schema

DOCUMENT = Path(__file__).parents[2] / "docs" / "export-feeds.md"


def a_week(sla: CommandLine) -> list[str]:
    """Three cases and 5, 4 and 2 events: decided with a pause of which only the day is known, refused, open."""
    window = sla.window
    first = window.at("2026-09-18 09:00").receive(title="滨河公园", applicant="张三", contact="13900000000")
    second = window.at("2026-09-18 10:00").receive("land_use", accept=False, handler="chen")
    window.at("2026-09-21 09:00").record(second, "correction_requested", papers=["approval"])
    window.at("2026-09-21 10:00").record(first, "paused", "2026-09-21", ground="hearing", notice="听告〔2026〕1号")
    window.at("2026-09-22 10:00").record(first, "resumed", pause=3)
    third = window.at("2026-09-22 11:00").receive()
    window.at("2026-09-23 09:00").record(second, "correction_received", papers=["approval"])
    window.record(second, "refused", reason="不属本窗口")
    window.decide(first)
    return [first, second, third]


def log_of(content: bytes) -> list[tuple[dict[str, str], list[dict[str, str]]]]:
    """Each trace and its events, by key."""

    def values(element: ET.Element) -> dict[str, str]:
        return {one.attrib["key"]: one.attrib["value"] for one in element if "key" in one.attrib}

    return [
        (values(trace), [values(event) for event in trace.iter("event")])
        for trace in ET.fromstring(content).iter("trace")
    ]  # fmt: skip


def test_a_log_is_valid_and_tells_what_happened_when_and_what_it_was_due(sla: CommandLine) -> None:
    first, second, third = a_week(sla)
    said = sla("export", "xes", "planning-window", "--output", str(sla.folder / "a.xes"))
    assert (said.code, said.out) == (0, f"{sla.folder}/a.xes: cases 3, events 11\n")
    content = (sla.folder / "a.xes").read_bytes()
    schema().validate(BytesIO(content))
    assert b"\xe5\xbc\xa0\xe4\xb8\x89" not in content and b"139" not in content  # 张三, and how to reach them
    traces = {case["concept:name"]: (case, events) for case, events in log_of(content)}
    case, events = traces[first]
    # 4 working days from 09-18 are 09-20, 21, 22, 23; one of them, 09-21, is not counted, and 09-24 takes its place
    assert case == {
        "concept:name": first, "permit": "site_selection", "permit_name": "Site selection opinion", "handler": "li",
        "phase": "decided", "received_on": "2026-09-18T00:00:00+08:00", "outcome": "approved",
        "due_promise": "2026-09-24T00:00:00+08:00", "on_time_promise": "true",
        "due_statute": traces[first][0]["due_statute"], "on_time_statute": "true",
    }  # fmt: skip
    assert [event["kind"] for event in events] == ["received", "accepted", "paused", "resumed", "decided"]
    paused, resumed = events[2:4]
    assert paused == {
        "concept:name": "hearing", "lifecycle:transition": "start", "time:timestamp": "2026-09-21T00:00:00+08:00",
        "org:resource": "li", "kind": "paused", "happened": "2026-09-21", "recorded": "2026-09-21T10:00:00+08:00",
        "ground": "hearing", "notice": "听告〔2026〕1号",
    }  # fmt: skip
    assert (resumed["concept:name"], resumed["lifecycle:transition"], resumed["ground"]) == (
        "hearing", "complete", "hearing",
    )  # fmt: skip
    assert traces[second][0]["phase"] == "closed" and "on_time_promise" not in traces[second][0]
    assert "outcome" not in traces[third][0] and "on_time_promise" not in traces[third][0]


def test_what_was_voided_is_left_out_and_days_are_those_of_receipt(sla: CommandLine) -> None:
    first, second, third = a_week(sla)
    sla.window.at("2026-09-24 09:00").void(first, 5)

    def numbers(*options: str) -> list[str]:
        return [case["concept:name"] for case, _ in log_of(sla("export", "xes", *options).out.encode())]

    assert numbers() == [first, second, third]
    assert numbers("--to", "2026-09-18") == [first, second]
    assert numbers("--from", "2026-09-19", "--to", "2026-09-22") == [third]
    assert numbers("--from", "2026-09-23") == []
    _, events = log_of(sla("export", "xes").out.encode())[0]
    assert [event["kind"] for event in events] == ["received", "accepted", "paused", "resumed"]


@pytest.mark.parametrize("name", ["a.xes", "a.xes.gz"])
def test_our_own_import_reads_it_back_with_the_same_cases_and_times(sla: CommandLine, name: str) -> None:
    """By the mapping of the document; the cases come in beside themselves, each under another number."""
    numbers = a_week(sla)
    text = sla("export", "xes").out
    before = log_of(text.encode())
    for number in numbers:
        text = text.replace(f'value="{number}"', f'value="{number} bis"')
    path = sla.folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    [mapping] = re.findall(r"```toml\n(source.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    said = sla("import", str(path), "--mapping", sla.file(mapping, "mapping.toml"), "--json")
    assert (said.code, said.json["new"], said.json["events"], said.json["differing"]) == (0, 3, 11, 0)
    sla("export", "xes", "--output", str(path))
    after = log_of(gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes())
    assert len(after) == 6
    again = {case["concept:name"]: (case, events) for case, events in after}
    for case, events in before:
        brought, told = again[f"{case['concept:name']} bis"]
        assert brought == {**case, "concept:name": f"{case['concept:name']} bis"}
        assert {event["org:resource"] for event in told} == {"import:shixian"}
        assert [{**event, "org:resource": ""} for event in told] == [{**event, "org:resource": ""} for event in events]


WRONG: list[tuple[list[str], str]] = [
    (["nowhere"], "office: "),
    (["--output", "log.xml"], "output: log.xml must end with .xes or .xes.gz"),
    (["--output", "/proc/a.xes"], "output: /proc/a.xes cannot be written: "),
    (["--from", "2026-9-1"], "from: '2026-9-1' is no date; write 2026-09-18"),
    (["--from", "2026-09-02", "--to", "2026-09-01"], "from: 2026-09-02 is later than 2026-09-01"),
]


@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_a_wrong_order_is_one_line(sla: CommandLine) -> None:
    for options, said in WRONG:
        assert one_line(sla("export", "xes", *options)).startswith(said)


def test_a_log_of_many_cases_is_not_held_whole() -> None:
    """Ten times the cases take no more memory."""

    def peak(cases: int) -> int:
        traces = (Trace({"concept:name": str(n)}, [{"concept:name": "a" * 500}] * 10) for n in range(cases))
        tracemalloc.start()
        with Path("/dev/null").open("wb") as out:
            write_xes(Log({}, traces), out)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    small, large = peak(200), peak(2_000)
    assert large < 1.5 * small
