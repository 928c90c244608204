"""ctf_files keeps the contract, with a folder at the other end."""

from __future__ import annotations

from rollbook.testing import DestinationConformance, never
from rollbook_la_portal.transfer.destination import TransferFiles
from rollbook_la_portal.transfer.simulator import FolderOfFiles


class TestTransferFiles(DestinationConformance):
    destination = TransferFiles
    simulator = FolderOfFiles
    gaps = {"D13": never("A file is taken when it is written: nobody judges it later.")}
