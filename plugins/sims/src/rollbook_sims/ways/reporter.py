"""The way of running the reporter: SIMS's CommandReporter, once for each report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rollbook.contract import FixSettings, Remark, RetryLater, Window
from rollbook_sims.settings import report_names
from rollbook_sims.ways.command import by_hand, command_line, output, program
from rollbook_sims.ways.contents import digest
from rollbook_sims.ways.failures import Ran, check, refuse_what_it_said
from rollbook_sims.ways.parameters import answered, definition
from rollbook_sims.ways.places import private_folder, turn
from rollbook_sims.ways.running import Deadline, NotStarted, OutOfTime, Said, run
from rollbook_sims.ways.way import Fetched


class Reporter:
    """Reports as SIMS has them now. `now`: seconds since 1970; `clock`: seconds, for how long something takes."""

    def __init__(
        self,
        settings: Mapping[str, Any],
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._now, self._clock = settings, now, clock
        self._names = report_names(settings)
        self._asked_for: dict[str, bytes] = {}  # by report, what it says it asks for

    def offers(self, report: str) -> bool:
        """As `Way.offers`: those that the settings name, and two that have a usual name."""
        return report in self._names

    @contextmanager
    def fetch(self, report: str, window: Window | None = None, taken: Collection[str] = ()) -> Iterator[list[Fetched]]:
        """As `Way.fetch`: one file, fresh, in a private folder that is gone when the context ends.

        It takes up to the settings' `minutes`, the waiting for another report of the same database included.
        """
        name = self._names[report]
        with private_folder() as folder:
            path = folder / f"{report}.{self._settings['form']}"
            deadline = Deadline(self._settings["minutes"], self._clock)
            with turn(self._settings["server"], self._settings["database"], deadline):
                chosen = self._parameters(name, window, folder, deadline) if window is not None else None
                began = self._now()
                said = self._run(name, output(path, chosen), folder, deadline)
            check(Ran(name, path, began, by_hand(self._settings, name, dates=window is not None)), said)
            yield [Fetched(path, name, digest(path))]

    def remarks(self) -> Iterator[Remark]:
        """As `Way.remarks`: the program, how it signs in, and whether that shows a password."""
        path = program(self._settings)
        problem = _no_program(path)
        yield Remark(not problem, problem or f"Reports are run by {path}, each in up to {self._minutes} minutes.")
        where = self._settings["server"], self._settings["database"]
        named = "that of its connect.ini" if where == (None, None) else " on ".join(filter(None, reversed(where)))
        if self._settings["password"] is None:
            yield Remark(True, f"Database: {named}. It signs in as the account that runs Rollbook (/TRUSTED).")
            return
        yield Remark(True, f"Database: {named}. It signs in as {self._settings['user']}, with a password.")
        yield Remark(
            True,
            "While a report runs, the password is in CommandReporter's own command line, where other users of this "
            "machine can see it. Make the account that runs Rollbook a user of SIMS, and leave `user` and `password` "
            "out, to be rid of it.",
        )

    @property
    def _minutes(self) -> str:
        return f"{self._settings['minutes']:g}"

    def _parameters(self, name: str, window: Window, folder: Path, deadline: Deadline) -> Path:
        """The parameter file for that window. The report is asked once what it asks for."""
        if name not in self._asked_for:
            said = self._run(name, ("/PARAMDEF",), folder, deadline)
            refuse_what_it_said(name, said, by_hand(self._settings, name, dates=True))
            self._asked_for[name] = said.out
        asked = definition(self._asked_for[name])
        if asked is None:
            del self._asked_for[name]
            raise FixSettings(
                f'CommandReporter did not say which dates the report "{name}" asks for (/PARAMDEF). Check that the '
                f"report has that name in SIMS, and that this user of SIMS may run it. "
                f"{by_hand(self._settings, name, dates=True)}"
            )
        path = folder / "parameters.xml"
        path.write_bytes(answered(asked, self._settings["date_prompts"], window, name))
        return path

    def _run(self, name: str, flags: Collection[str], folder: Path, deadline: Deadline) -> Said:
        problem: Exception
        try:
            return self._start(name, flags, folder, deadline)
        except OutOfTime:
            problem = RetryLater(
                f'The report "{name}" was not there after {self._minutes} minutes, and CommandReporter was ended with '
                f"all that it had started. It is run again at the next sync. If it needs longer, raise `minutes` in "
                f"the settings."
            )
        except NotStarted as error:
            path = program(self._settings)
            problem = FixSettings(
                _no_program(path)
                or f"{path} cannot be started ({error}). Is it SIMS's CommandReporter? Correct "
                f"`reporter` in the settings."
            )
        raise problem  # here, so that it drags along nothing in which the password stands

    def _start(self, name: str, flags: Collection[str], folder: Path, deadline: Deadline) -> Said:
        secret = self._settings["password"]
        password = secret.reveal() if secret else ""
        return run(command_line(self._settings, name, *flags, password=password), folder, deadline)


def _no_program(path: Path) -> str:
    """What is wrong with the program, as far as can be seen without running it; nothing where all is well."""
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        return f"The program {path} {what}. Correct `reporter`: the path of SIMS's CommandReporter, with its name."
    if not os.access(path, os.X_OK):
        return f"The program {path} may not be run by this account. Let it read and run that file."
    return ""
