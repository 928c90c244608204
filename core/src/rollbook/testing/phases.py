"""What is usual at a primary, a secondary and a special school: the figures that a made-up register comes near.

Shares and rates are DfE's for 2025/26 (Crown copyright, Open Government Licence): absence of all sessions, pupils
persistently absent, and the mix of codes by phase, where it is published by phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

SchoolKind: TypeAlias = Literal["primary", "secondary", "special"]


@dataclass(frozen=True)
class Phase:
    """Rates are fractions of sessions or of pupils. `middle` and `spread` shape the pupils' rates (a log-normal curve,
    whose long tail is what makes some pupils persistently absent while most miss little).
    """

    lowest_year: int
    highest_year: int
    class_size: int
    type: str
    middle: float
    spread: float
    part_time: float  # pupils on a part-time timetable (C2)
    holidays: float  # pupils taken on a holiday in term (G)
    suspended: float  # pupils suspended (E)
    dual: float  # pupils also registered elsewhere (D)
    late: float  # of mornings, L
    other: float  # share of O in the rest of absence
    buses: float  # pupils whose transport fails on one day (Y1)


PHASES: dict[SchoolKind, Phase] = {
    "primary": Phase(0, 6, 28, "academy", 0.0335, 0.97, 0.002, 0.055, 0.003, 0.004, 0.02, 0.17, 0.02),
    "secondary": Phase(7, 11, 27, "academy", 0.046, 1.10, 0.006, 0.04, 0.05, 0.004, 0.045, 0.27, 0.02),
    "special": Phase(0, 11, 10, "special", 0.064, 1.25, 0.03, 0.03, 0.06, 0.016, 0.03, 0.22, 0.08),
}

# Absence by week of the autumn term against its mean (weeks 37 to 50 of 2024), then level; and by day of the week.
WEEKS = (0.74, 0.88, 0.93, 0.93, 0.91, 0.98, 1.09, 1.0, 0.94, 0.92, 1.10, 1.10, 1.14, 1.46)
WEEKDAYS = (0.98, 0.97, 0.96, 0.99, 1.16)
