"""The report's workbook is opened by LibreOffice, where that is installed, and says there what it says here."""

import csv
import os
import shutil
import subprocess

import pytest

from tests.cli.cast import CommandLine

OFFICE_SUITE = shutil.which("soffice")
TO_CSV = (
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"  # UTF-8, as shown, a file a sheet
)


@pytest.mark.skipif(not OFFICE_SUITE, reason="LibreOffice is not installed: apt install libreoffice-calc-nogui")
@pytest.mark.parametrize("window_app", ["sqlite"], indirect=True)
def test_another_program_opens_every_sheet_of_the_report(sla: CommandLine) -> None:
    number = sla.window.at("2026-09-18 09:00").receive()
    sla.window.at("2026-09-22 16:00").decide(number)
    book = sla.folder / "report.xlsx"
    assert sla("report", "--output", str(book)).code == 0
    out = sla.folder / "out"
    own = f"-env:UserInstallation=file://{sla.folder}/profile"  # whoever has it open keeps theirs
    arguments = [str(OFFICE_SUITE), own, "--headless", "--convert-to", TO_CSV, "--outdir", str(out), str(book)]
    done = subprocess.run(
        arguments, capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "HOME": str(sla.folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sheets = {path.stem.removeprefix("report-"): path.read_text("utf-8-sig") for path in out.glob("*.csv")}
    assert len(sheets) > 1
    cells = {cell for text in sheets.values() for row in csv.reader(text.splitlines()) for cell in row}
    assert "On-time rate" in cells and "100.0%" in cells  # one case, decided 2 working days after it began, of 4
    assert not [cell for cell in cells if cell.startswith(("#", "Err:"))]
