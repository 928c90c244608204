"""A stand-in for SIMS's CommandReporter: a program of the standard library alone, so that it starts quickly.

`launcher.install` puts it into a folder. There `office.json` says which server, database, users and reports there are,
and `mode.json`, if it is there, how it misbehaves; see `Behaviour`. A prepared report has one record a line. A line
that is not understood passes as it is, so that damage done to a prepared report is in the output too.

It takes the flags of the vendor's program, in any letter case: /USER /PASSWORD /TRUSTED /SERVERNAME /DATABASENAME
/REPORT /OUTPUT /QUIET /PARAMDEF /PARAMFILE. Like that program, it ends with 0 whatever happened.
"""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

_SIGN_IN = ("USER", "PASSWORD", "TRUSTED", "SERVERNAME", "DATABASENAME")
_FLAGS = (*_SIGN_IN, "REPORT", "OUTPUT", "QUIET", "PARAMDEF", "PARAMFILE")
_VALUE = re.compile(rb"<([^\s<>/]+)>([^<]*)</\1>")
_REFERENCE = re.compile(rb"&#(\d+);")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_AN_HOUR = 3600.0
# What the vendor's messages may well hold, and nobody may ever see.
_GOSSIP = "Ada Lovelace (A123456789012, born 10/12/2015)"


class Failed(Exception):
    """What the vendor's program would say."""


def main(folder: Path, arguments: list[str]) -> int:
    """Run as it is asked to in `arguments`. Returns the exit status."""
    office = _json(folder / "office.json")
    mode = _json(folder / "mode.json") if (folder / "mode.json").exists() else {}
    try:
        asked = _asked(arguments)
        _sign_in(office, asked)
        report = _report(office, asked.get("REPORT", ""))
        _note(folder, asked)
        about = mode.get("report") in (None, asked["REPORT"]) and bool(mode.get("paramdef")) == ("PARAMDEF" in asked)
        status: int = getattr(
            Behaviour(folder, office, report, asked, mode), mode["mode"] if mode and about else "ok"
        )()
    except Failed as failed:
        _say(f"<CommandReporterError>{html.escape(str(failed), quote=False)}</CommandReporterError>\n".encode())
        return 0
    return status


class _Run:
    """One run, as it would be if nothing went wrong."""

    def __init__(
        self, folder: Path, office: Mapping[str, Any], report: Mapping[str, Any], asked: dict[str, str], mode: Any
    ) -> None:
        self.folder, self.office, self.report, self.asked, self.mode = folder, office, report, asked, mode
        self.seconds = float(mode.get("seconds", 60))

    def lines(self) -> Iterator[bytes]:
        """The lines of the report, as XML."""
        element = self.report.get("dates")
        with (self.folder / self.report["file"]).open("rb") as file:
            if element is None:
                yield from file
            else:
                prompts = self.office.get("prompts", ["Start", "End"])
                yield from _between(file, element, *_dates(self._parameters(), prompts))

    def output(self, lines: Iterable[bytes] | None = None) -> Iterator[bytes]:
        """What is written: `lines`, or those of the report, in the form that the output's name asks for."""
        chosen = self.lines() if lines is None else lines
        return _as_csv(chosen) if self.asked.get("OUTPUT", "").lower().endswith(".csv") else iter(chosen)

    def write(self, data: Iterable[bytes] | None = None) -> int:
        """Write it where it was asked for: the parameters, or the report into its file or on the standard output."""
        if "PARAMDEF" in self.asked:
            _say(b"".join(data) if data is not None else self.definition())
        elif "OUTPUT" in self.asked:
            with Path(self.asked["OUTPUT"]).open("wb") as file:
                file.writelines(self.output() if data is None else data)
        else:
            _say(b"".join(self.output() if data is None else data))
        return 0

    def definition(self) -> bytes:
        """The parameters that the report asks for."""
        name = self.report.get("parameters")
        return (self.folder / name).read_bytes() if name else b"<ReportParameters />\n"

    def _parameters(self) -> bytes:
        return Path(self.asked["PARAMFILE"]).read_bytes() if "PARAMFILE" in self.asked else self.definition()


def _json(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _asked(arguments: list[str]) -> dict[str, str]:
    asked = {}
    for argument in arguments:
        name, _, value = argument.partition(":")
        if name.removeprefix("/").upper() not in _FLAGS or not name.startswith("/"):
            raise Failed(f"Unknown argument {name}")
        asked[name[1:].upper()] = value
    return asked


def _sign_in(office: Mapping[str, Any], asked: Mapping[str, str]) -> None:
    for flag, name in (("SERVERNAME", "server"), ("DATABASENAME", "database")):
        if flag in asked and asked[flag].casefold() != office[name].casefold():
            raise Failed(f"A connection to the {name} {asked[flag]} could not be made.")
    if "TRUSTED" in asked:
        if not office.get("trusted"):
            raise Failed("Login failed: this Windows account is no user of SIMS.")
    elif office.get("users", {}).get(asked.get("USER", "")) != asked.get("PASSWORD"):
        raise Failed(f"Login failed for user {asked.get('USER')} with password {asked.get('PASSWORD')}.")


def _report(office: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if name not in office["reports"]:
        raise Failed(f"The report {name} was not found, or you have no permission to run it.")
    found: Mapping[str, Any] = office["reports"][name]
    return found


def _note(folder: Path, asked: Mapping[str, str]) -> None:
    """Keep what was asked, for tests; the password is not kept."""
    kept = {name: value for name, value in asked.items() if name != "PASSWORD"} | {"pid": os.getpid()}
    with (folder / "runs.log").open("a", encoding="utf-8") as file:
        file.write(json.dumps(kept) + "\n")


def _say(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _dates(parameters: bytes, prompts: list[str]) -> tuple[str, str]:
    """The dates that the prompts say, as ISO text; a prompt that is bypassed, or not there, bounds nothing."""
    import xml.etree.ElementTree as ET  # here, for most runs need it not, and it takes a while

    chosen = ["", "~"]
    try:
        root = ET.fromstring(parameters)  # noqa: S314 - it is our own
    except ET.ParseError:
        raise Failed("The parameter file is not well formed.") from None
    for parameter in root.iter("Parameter"):
        name, value = parameter.findtext("Name", ""), parameter.findtext("Values/Date", "")
        if name in prompts and parameter.get("bypass", "FALSE").upper() != "TRUE":
            day = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4}) \d\d:\d\d:\d\d", value)
            if day is None:
                raise Failed(f"The parameter {name} is not a date.")
            chosen[prompts.index(name)] = f"{day[3]}-{day[2]}-{day[1]}"
    return chosen[0], chosen[1]


def _between(lines: Iterable[bytes], element: str, first: str, last: str) -> Iterator[bytes]:
    """The lines whose date lies between the two, neither of which is meant: so do date prompts of SIMS behave."""
    date = re.compile(b"<%b>([0-9]{4}-[0-9]{2}-[0-9]{2})" % element.encode())
    begin, end = first.encode(), last.encode()
    for line in lines:
        found = date.search(line)
        if found is None or begin < found[1] < end:
            yield line


def _as_csv(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The records with a column for each element that any of them has; other lines as they are, the XML's own aside."""
    kept = list(lines)
    records = [_VALUE.findall(line) for line in kept]
    names = list(dict.fromkeys(name for record in records for name, _ in record))
    yield _row([_ESCAPED.sub(lambda found: chr(int(found[1], 16)), name.decode()) for name in names])
    for line, record in zip(kept, records, strict=True):
        if record:
            values = dict(record)
            yield _row([html.unescape(values.get(name, b"").decode("cp1252", "replace")) for name in names])
        elif re.match(rb"\s*(<[?!/]|<\w+>\s*$|$)", line) is None:
            yield line


def _row(values: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue().encode("cp1252", "xmlcharrefreplace")


def _as_byte(found: re.Match[bytes]) -> bytes:
    letter = chr(int(found[1]))
    return found[0] if letter.isascii() else letter.encode("cp1252", "ignore") or found[0]


class Behaviour(_Run):
    """How it behaves: a method a mode. `mode.json` holds `mode`, and may hold `report` (only of that name), `paramdef`
    (true: only when it is asked for the parameters), and what the mode takes: `seconds`, `text`, `status`, `times`,
    `whole_records`. Each returns the exit status.
    """

    def ok(self) -> int:
        return self.write()

    def slow(self) -> int:
        """Takes `seconds`, and writes all of it then."""
        time.sleep(self.seconds)
        return self.write()

    def missing(self) -> int:
        """Writes nothing, and says that all is well."""
        _say(b"" if "PARAMDEF" in self.asked else b"Report complete.\n")
        return 0

    def empty(self) -> int:
        return self.write([])

    def error(self) -> int:
        raise Failed(self.mode.get("text", f"The report failed at {_GOSSIP}."))

    def error_in_output(self) -> int:
        text = self.mode.get("text", f"The report failed at {_GOSSIP}.")
        return self.write([f"<CommandReporterError>{html.escape(text)}</CommandReporterError>\r\n".encode()])

    def error_aside(self) -> int:
        """Says on its standard error that it failed, and leaves a file."""
        sys.stderr.write(f"<CommandReporterError>{self.mode.get('text', _GOSSIP)}</CommandReporterError>\n")
        return self.write()

    def error_after_records(self) -> int:
        """Fails when most of the report is written, and ends the file as it should be ended."""
        whole = list(self.output())
        error = f"<CommandReporterError>{html.escape(f'Timeout expired at {_GOSSIP}')}</CommandReporterError>\r\n"
        return self.write([*whole[:-1], error.encode(), whole[-1]])

    def half_written(self) -> int:
        """Stops in the middle; with `whole_records`, at the end of a record."""
        whole = b"".join(self.output()) if "PARAMDEF" not in self.asked else self.definition()
        half = len(whole) // 2
        return self.write(
            [whole[: whole.rfind(b"\n", 0, half) + 1] if self.mode.get("whole_records") else whole[:half]]
        )

    def cp1252(self) -> int:
        """Characters that ISO-8859-1 lacks are bytes of cp1252 and not references, whatever the header says."""
        return self.write(self.output(_REFERENCE.sub(_as_byte, line) for line in self.lines()))

    def cross_product(self) -> int:
        """Every record once for each of three rows of another set of the report, whose column nobody asked for."""
        copies = [b"<Telephone>0%d</Telephone></Record>" % number for number in range(3)]
        lines = (
            line.replace(b"</Record>", copy)
            for line in self.lines()
            for copy in (copies if b"</Record>" in line else [b"</Record>"])
        )
        return self.write(self.output(lines))

    def outer_rows(self) -> int:
        """Before every tenth record a row of a person without a row of his own."""
        lines = (
            b"<Record><multiple_id>%d,0</multiple_id></Record>\r\n%b" % (90000 + number, line)
            if b"<Record" in line and number % 10 == 2
            else line
            for number, line in enumerate(self.lines())
        )
        return self.write(self.output(piece for line in lines for piece in line.splitlines(keepends=True)))

    def old(self) -> int:
        """What is there when it ends was made before it began."""
        self.write()
        before = time.time() - _AN_HOUR
        os.utime(self.asked["OUTPUT"], (before, before))
        return 0

    def bad_exit(self) -> int:
        self.write()
        return int(self.mode.get("status", 3))

    def unreadable(self) -> int:
        """Where the file should be there is what cannot be opened."""
        Path(self.asked["OUTPUT"]).mkdir()
        return 0

    def flood(self) -> int:
        """Says more than anybody can hold, and writes the report."""
        for stream in (sys.stdout, sys.stderr):
            for _ in range(int(self.mode.get("times", 200))):
                stream.write(f"{_GOSSIP}\n" * 1000)
                stream.flush()
        return self.write()

    def hang_with_child(self) -> int:
        """Hangs, and so do a child that ignores signals and one that has left for a session of its own."""
        self._start(apart=(False, True))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        time.sleep(self.seconds)
        return self.write()

    def leaves_child(self) -> int:
        """Ends well, and what it started runs on with its streams open."""
        self._start(apart=(True,))
        return self.write()

    def _start(self, apart: Iterable[bool]) -> None:
        """Start children that take no signal but the last, and tell their numbers to tests."""
        import subprocess

        code = "import signal as s, time; [s.signal(n, s.SIG_IGN) for n in (s.SIGTERM, s.SIGINT)]; time.sleep(%f)"
        command = [sys.executable, "-I", "-c", code % self.seconds]
        started = [subprocess.Popen(command, start_new_session=own) for own in apart]  # noqa: S603 - it is our own
        (self.folder / "children.txt").write_text(" ".join(str(one.pid) for one in started), encoding="ascii")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
