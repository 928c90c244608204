"""A small register in the folder form: one school, one pupil with a run of ten days and one without."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

FIRST, LAST = date(2026, 9, 7), date(2026, 9, 25)
RUN = 10


def write_register(folder: Path) -> Path:
    """Three weeks of September 2026; `p1` is absent without leave (O) for the first ten school days, `p2` never."""
    days = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    files = {
        "schools": ["school,name,la,type", "100001,Larkspur Primary,801,academy"],
        "sessions": [
            "school,date,session,open",
            *(f"100001,{day},{half},true" for day in days for half in ("AM", "PM")),
        ],
        "pupils": ["school,pupil,upn,dob", "100001,p1,,2016-03-10", "100001,p2,,2016-05-01"],
        "roll": [
            "school,pupil,from,to,year_group",
            *(f"100001,{pupil},{FIRST},,5" for pupil in ("p1", "p2")),
        ],
        "marks": [
            "school,pupil,date,session,code",
            *(f"100001,p1,{day},{half},O" for day in days[:RUN] for half in ("AM", "PM")),
            *(f"100001,p1,{day},{half},{mark}" for day in days[RUN:] for half, mark in (("AM", "/"), ("PM", "\\"))),
            *(f"100001,p2,{day},{half},{mark}" for day in days for half, mark in (("AM", "/"), ("PM", "\\"))),
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in files.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
