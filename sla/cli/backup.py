"""`sla backup` and `sla restore`."""

from pathlib import Path
from typing import Annotated

import typer

from sla.cli.context import JsonOption, print_json
from sla.cli.language import spoken

File = Annotated[Path, typer.Argument(help="such as shixian-2026-11-24.gz")]


def backup(file: File, as_json: JsonOption = False) -> None:
    from sla.app import build
    from sla.service.backup import back_up
    from sla.words import words

    app = build()
    try:
        with app.reading() as session:
            now = app.now(session)
        size = back_up(app.engine, file, now)
    finally:
        app.close()
    if as_json:
        return print_json({"file": str(file), "bytes": size})
    print(words(spoken()).gettext("%(file)s: %(size)s bytes; keep it where only you can read it", file=file, size=size))
    return None


def restore(file: File, as_json: JsonOption = False) -> None:
    from sla.app import build, migrated
    from sla.service.backup import restore as service
    from sla.settings import Settings
    from sla.words import words

    said = words(spoken())
    migrated(Settings())
    app = build()
    try:
        found = service(app.engine, file, app.environment)
    finally:
        app.close()
    if as_json:
        print_json({"rows": found.rows, "findings": [vars(finding) for finding in found.findings],
                    "secrets": found.secrets, "sealed": found.sealed})  # fmt: skip
    else:
        print(said.ngettext("%(n)s row restored", "%(n)s rows restored", found.rows))
        for finding in found.findings:
            print(f"! {finding.where}: {finding.what} — {finding.mend}")
        if found.secrets:
            print(said.gettext("Channels need these secrets, which no copy holds:"))
            print("\n".join(f"  {name}" for name in found.secrets))
        if found.sealed:
            print(said.gettext("These secrets are sealed with another key than SLA_SECRET_KEY holds now:"))
            print("\n".join(f"  {name}" for name in found.sealed))
            print(
                said.gettext(
                    "Until you set that key, or give each again (sla channel seal), nothing goes out by these channels."
                )
            )
    if found.findings:
        raise typer.Exit(1)
