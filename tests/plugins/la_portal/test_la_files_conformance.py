"""la_files keeps the contract, with a drop folder at the other end."""

from __future__ import annotations

from rollbook.testing import DestinationConformance, never
from rollbook_la_portal.files.destination import LaFiles
from rollbook_la_portal.files.simulator import FolderOfForms


class TestLaFiles(DestinationConformance):
    destination = LaFiles
    simulator = FolderOfForms
    gaps = {"D13": never("A form is taken when it is put there: nobody judges it later.")}
