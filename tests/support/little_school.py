"""What a school's records hold to be told, for `little_sender`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
VERSION = "1.0"


class School:
    """What the school's MIS holds to be told, in one file that it writes whole: cases, days and weeks."""

    def __init__(self, path: Path) -> None:
        self.data: Json = json.loads(path.read_text())
        self.urn, self.la, self.pupils = self.data["school"]["urn"], self.data["school"]["la"], self.data["pupils"]

    def cases(self) -> Iterator[tuple[Json, Json | None, str]]:
        """Each case's key, its content as the records have it now (None where it no longer holds), and why."""
        for case in self.data["cases"]:
            key = {"kind": case["kind"], "school": self.urn, "pupil": case["pupil"], "episode": case["episode"]}
            pupil = self.pupils[case["pupil"]]
            content = case["content"] | {"school": self.data["school"], "contact": self.data["contact"]}
            if case["kind"].startswith("worker_notice"):  # no address and no parent
                content["pupil"] = {k: v for k, v in pupil["record"].items() if k not in ("address", "postcode")}
            else:
                content |= {"pupil": pupil["record"], "parents": pupil["parents"]}
            yield key, content if case["holds"] else None, case.get("corrected", "the school's records were corrected")

    def recipients(self, key: Json, content: Json) -> set[str]:
        """Which authorities are told (F-38)."""
        if key["kind"].startswith("worker_notice"):
            return {content["notice"].get("looked_after_by", self.la)}
        home = self.pupils[key["pupil"]]["record"].get("home_la", self.la)
        return {self.la, home} if key["kind"] == "missing_pupil_report" else {self.la}

    def regular(self, wanted: list[str]) -> dict[str, Json]:
        """The reports of days and the summaries of weeks, by their addresses, without the figures of small groups."""
        head = {"feed_version": VERSION, "school": self.urn}
        synced = head | {k: self.data[k] for k in ("last_sync_ok",) if k in self.data}
        bodies = {f"days/{d['date']}": synced | d for d in self.data["days"] if "day" in wanted}
        for week in self.data["weeks"] if "week" in wanted else []:
            shown = may_be_shown(week["rows"], week["least"])
            rows = [
                r | {"suppressed": False} if group(r) in shown else dict([group(r)]) | {"suppressed": True}
                for r in week["rows"]
            ]
            bodies[f"weeks/{week['week']}"] = head | week | {"rows": rows}
        return bodies


def group(row: Json) -> tuple[str, Any]:  # ("year_group", 4) or ("cohort", "fsm")
    return next((name, row[name]) for name in ("year_group", "cohort") if name in row)


def may_be_shown(rows: list[Json], least: int) -> set[tuple[str, Any]]:
    """The groups of which none is small, and none can be reckoned from all pupils and the others (F-29)."""
    pupils = {group(row): row["pupils"] for row in rows}
    everybody = pupils["cohort", "all"]
    shown = {
        g for g, n in pupils.items() if n >= least and (g[0] == "year_group" or everybody - n not in range(1, least))
    }
    years = sorted((g for g in shown if g[0] == "year_group"), key=lambda g: pupils[g])
    while years and everybody - sum(pupils[g] for g in years) in range(1, least):
        shown.remove(years.pop(0))
    return shown if everybody >= least else set()
