"""Recorded outputs of SIMS's reporter: which there are, how they are read, and how those of the simulator were made.

`python -m support.sims_outputs`, from the folder `tests`, makes the latter again.
"""

from __future__ import annotations

import subprocess
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from rollbook.testing.kit.made_to_order import with_names, without_upns
from rollbook.testing.schools import MadeSchool, make_school
from rollbook_sims.captions import captions_of
from rollbook_sims.reports.report import Report
from rollbook_sims.settings import SimsSettings
from rollbook_sims.simulator import PartnerDropSimulator, SimsSimulator
from rollbook_sims.ways.way import Fetched

OUTPUTS = Path(__file__).parents[1] / "plugins" / "sims" / "outputs"
SEED, LAST = 36, date(2026, 9, 4)
BEFORE, AFTER = "01/09/2026", "05/09/2026"
"""What is typed into the date prompts for the days from 2 to 4 September: SIMS leaves out the very days."""


def recorded(name: str) -> Fetched:
    """That file, as a way hands it over."""
    return Fetched(OUTPUTS / name, name, "0" * 16)


def report_of(name: str, report: str, **settings: Any) -> Report:
    """That file, to be read as the report of that name with settings beside the usual ones."""
    loaded = SimsSettings().load({"kind": "folder", "folder": str(OUTPUTS), **settings})
    return Report(recorded(name), captions_of(report, loaded), loaded)


def week() -> MadeSchool:
    """A school of seven pupils a few days after it began: two without UPN, one with a temporary one, and names of all
    sorts.
    """
    return with_names(without_upns(make_school("primary", 900001, 7, SEED, date(2026, 9, 1), LAST)))


def record(folder: Path = OUTPUTS) -> None:
    """Write what the simulators give out."""
    with tempfile.TemporaryDirectory() as place:
        machine = SimsSimulator(Path(place) / "machine", week())
        machine.publish(LAST)
        for name in ("marks.xml", "marks.csv", "pupils.xml", "pupils.csv", "roll.xml", "codes.xml", "contacts.xml"):
            _run(machine, name, folder / name)
        for mode in ("cp1252", "cross_product", "outer_rows", "half_written", "error_in_output"):
            machine.misbehave(mode, text="The report could not be run.") if "error" in mode else machine.misbehave(mode)
            name = "pupils" if mode == "cp1252" else "marks"
            _run(machine, f"{name}.xml", folder / f"{name}_{mode}.xml")
        machine.behave()
        said = _started(machine, "marks", "/PARAMDEF")
        (folder / "marks_parameters.xml").write_bytes(said)
        partner = PartnerDropSimulator(Path(place) / "partner", week())
        partner.publish(LAST)
        for name, kept in (("marks.xml", "partner_marks.xml"), ("codes.xml", "partner_codes_v2.xml")):
            (folder / kept).write_bytes((partner.folder / name).read_bytes())


def _run(machine: SimsSimulator, name: str, output: Path) -> None:
    report, _, _ = name.partition(".")
    chosen = [f"/PARAMFILE:{_parameters(machine)}"] if report == "marks" else []
    _started(machine, report, *chosen, f"/OUTPUT:{output}", "/QUIET")


def _started(machine: SimsSimulator, report: str, *flags: str) -> bytes:
    command = [str(machine.program), "/TRUSTED", f"/REPORT:Rollbook {report}", *flags]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _parameters(machine: SimsSimulator) -> Path:
    """What it asks for, filled in."""
    filled = machine.program.with_name("filled.xml")
    text = machine.program.with_name("marks_parameters.xml").read_text(encoding="iso-8859-1")
    start, _, end = text.rpartition("01/09/2026")
    before, _, after = start.rpartition("01/09/2026")
    filled.write_text(f"{before}{BEFORE}{after}{AFTER}{end}", encoding="iso-8859-1")
    return filled


if __name__ == "__main__":
    record()
