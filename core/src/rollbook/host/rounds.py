"""One destination asked, or told, about school after school, for as long as that is of use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from rollbook.contract.errors import NeedsCredentials, Problem, RetryLater
from rollbook.host import left_alone
from rollbook.host.clock import Clock
from rollbook.host.config import SchoolConfig

TROUBLES_IN_A_ROW = 3  # schools


class Round:
    """Once through some schools. `sentences`: what went wrong, each once. stopped: whether the destination is away, or
    refused our credential, or nothing goes well there. not_before: until when it asked to be left alone. `progress` is
    told how many schools are done, and of how many.
    """

    def __init__(self, now: Clock, progress: Callable[[int, int], None], sentences: list[str]) -> None:
        self.now, self.progress, self.sentences = now, progress, sentences
        self.stopped = False
        self.not_before: datetime | None = None

    def run(self, schools: Sequence[SchoolConfig], one: Callable[[SchoolConfig], None]) -> None:
        """Do `one` for each school, and no more when that is of no use."""
        troubles = 0
        for number, school in enumerate(schools, start=1):
            self.progress(number, len(schools))
            try:
                one(school)
            except Problem as problem:
                self.say([problem.sentence])
                troubles += 1
                self.not_before = left_alone.until(problem, self.now())
                if isinstance(problem, RetryLater | NeedsCredentials) or troubles == TROUBLES_IN_A_ROW:
                    self.stopped = True
                    break
            else:
                troubles = 0

    def say(self, sentences: Iterable[str]) -> None:
        """What a person should act on."""
        self.sentences += [sentence for sentence in sentences if sentence not in self.sentences]
