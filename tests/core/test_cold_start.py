"""`sla due` answers without a database: importing it pulls in no more than it needs."""

import json
import subprocess
import sys

HEAVY = (
    "sqlmodel",
    "sqlalchemy",
    "fastapi",
    "starlette",
    "uvicorn",
    "httpx",
    "alembic",
    "apscheduler",
    "jinja2",
    "pydantic",
)


def test_importing_sla_due_pulls_in_neither_a_database_nor_a_web_framework() -> None:
    script = "import sla.cli.due, json, sys; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert sorted(set(HEAVY) & set(json.loads(run.stdout))) == []


def test_answering_a_request_pulls_in_no_more() -> None:
    script = (
        "import json, sys\n"
        "from sla.cli.due import answers\n"
        'line = \'{"start": "2026-09-18", "permit": "cn_planning.land_use"}\'\n'
        "answer = next(answers(iter([line])))\n"
        'print(json.dumps([answer["due_on"], sorted(sys.modules)]))'
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    due_on, modules = json.loads(run.stdout)
    assert due_on == "2026-09-23"
    assert sorted(set(HEAVY) & set(modules)) == []
