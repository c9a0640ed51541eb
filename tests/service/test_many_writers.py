"""Four writers and a sweep on one database: 100 read-then-write changes are made, and 100 are counted."""

import threading
from collections.abc import Callable

from sla.service.audit import verified
from tests.service.cast import Window

WRITERS, EACH = 4, 25


def together(window: Window, work: Callable[[Window, int], None]) -> None:
    """Each writer on an app of its own, at once; beside them one that sweeps until they are done."""
    failed: list[BaseException] = []
    done, begin = threading.Event(), threading.Barrier(WRITERS + 1)

    def guarded(act: Callable[[Window], None]) -> None:
        own = Window(window.url, window.folder)
        own.app.clock.fixed = window.now
        try:
            begin.wait(30)
            act(own)
        except BaseException as error:
            failed.append(error)
        finally:
            own.close()

    def sweeping(own: Window) -> None:
        while not done.is_set():
            own.app.sweep()

    def writing(writer: int) -> Callable[[Window], None]:
        def act(own: Window) -> None:
            for step in range(EACH):
                work(own, writer * EACH + step)

        return act

    writers = [threading.Thread(target=guarded, args=(writing(writer),)) for writer in range(WRITERS)]
    sweeper = threading.Thread(target=guarded, args=(sweeping,))
    for thread in (*writers, sweeper):
        thread.start()
    for thread in writers:
        thread.join(120)
    done.set()
    sweeper.join(60)
    assert failed == []


def test_a_hundred_events_on_four_shared_cases_are_all_there_in_one_chain_each(window: Window) -> None:
    window.at("2026-09-18 09:30")
    numbers = [window.receive(handler=handler) for handler in ("li", "li", "chen", "chen")]
    window.at("2026-09-22 09:00")  # T-1 of each is due, so the sweep has the same rows to write

    def work(own: Window, step: int) -> None:
        own.record(numbers[step % 4], "acknowledged", clock="promise", note=str(step))

    together(window, work)
    events = [row for row in window.rows("case_event") if row.kind == "acknowledged"]
    assert len(events) == WRITERS * EACH
    assert [row.head_seq for row in window.rows("case_file")] == [2 + WRITERS * EACH // 4] * 4
    assert [row.broken for row in window.rows("case_file")] == [""] * 4
    with window.app.reading() as session:
        assert list(verified(session)) == []
    assert sorted(window.waiting()) == ["chen: promise T-1 2026-09-23"] * 2 + ["li: promise T-1 2026-09-23"] * 2


def test_a_hundred_cases_received_at_once_have_numbers_without_a_gap(window: Window) -> None:
    window.at("2026-09-18 09:30")

    def work(own: Window, step: int) -> None:
        own.receive(accept=False)

    together(window, work)
    assert sorted(row.number for row in window.rows("case_file")) == [
        f"选字第2026{number:04}号" for number in range(1, WRITERS * EACH + 1)
    ]
    assert [row.last for row in window.rows("number_series")] == [WRITERS * EACH]
