"""Schemathesis over the whole API: what it makes of the description is answered as the description says.

Some examples of each operation in the suite, many more with SLA_FUZZ_FULL=1 (`make fuzz`).
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from sla.api.routes import OPERATIONS, description
from sla.rights import Right
from sla.service import tokens
from sla.service.offices import office_named
from tests.access.cast import two_offices
from tests.api.cast import Program, asking
from tests.browser.cast import NOW, serving

FULL = bool(os.environ.get("SLA_FUZZ_FULL"))
EXAMPLES, STEPS = (60, 20) if FULL else (2, 5)
RIGHTS = {"all": [right.value for right in Right], "read": ["read"]}
CHECKED = settings(
    max_examples=EXAMPLES, deadline=None, database=None, derandomize=not FULL, phases=[Phase.generate],
    stateful_step_count=STEPS, suppress_health_check=list(HealthCheck),
)  # fmt: skip

load_all_checks()
SCHEMA: Any = schemathesis.openapi.from_dict(description())


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Program]]:
    """Programs with all rights, with the right to read, and without a key; and a case, number 1."""
    with two_offices(tmp_path_factory.mktemp("fuzz"), ("admin",)) as app, serving(app) as base:
        keys = {"none": ""}
        with app.writing() as session:
            office = office_named(session, "east")
            for name in ("all", "read"):
                keys[name] = tokens.add(session, office, name, RIGHTS[name], NOW.date(), "admin", NOW)
        with asking(base, keys["all"]) as program:
            program.receive(number="1", handler="clerk", by="clerk")
        sessions = {name: _session(key) for name, key in keys.items()}
        yield {name: Program(session, f"{base}/api/v1") for name, session in sessions.items()}
        for session in sessions.values():
            session.close()


def _session(key: str) -> Any:
    import requests

    session = requests.Session()
    session.trust_env = False
    if key:
        session.headers["authorization"] = f"Bearer {key}"
    return session


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("operation", [operation.name for operation in OPERATIONS])
def test_an_operation_answers_as_it_is_described(
    callers: dict[str, Program], operation: str, mode: GenerationMode
) -> None:
    found = SCHEMA.find_operation_by_id(operation)

    @CHECKED
    @given(case=found.as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        for program in callers.values():
            # What fits the description may be refused all the same: a permit that no policy has, a case that is closed.
            answer = case.call(base_url=program.base, session=program.client)
            case.validate_response(answer, excluded_checks=[positive_data_acceptance])

    answered()


@pytest.mark.parametrize("caller", ["all", "read", "none"])
def test_what_was_received_is_gone_on_with(callers: dict[str, Program], caller: str) -> None:
    """Stateful: a case that was received is read, recorded and read again, or may not be."""
    program = callers[caller]

    class Going(SCHEMA.as_state_machine()):  # type: ignore[misc]  # made while it runs
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"base_url": program.base, "session": program.client}

        def validate_response(self, response: Any, case: Any, **given: Any) -> None:
            case.validate_response(response, excluded_checks=[positive_data_acceptance])

    run_state_machine_as_test(Going, settings=CHECKED)
