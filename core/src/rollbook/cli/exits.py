"""The status with which a command ends, in one place. docs/commands.md says the same for readers."""

from __future__ import annotations

from enum import IntEnum

from rollbook.contract import errors


class Exit(IntEnum):
    """What a scheduler or a script is told."""

    WELL = 0  # all well
    NO = 1  # the answer is no: a check or a test failed
    NOT_UNDERSTOOD = 2  # usage, configuration, malformed input
    SOME_FAILED = 3  # some schools failed or are degraded
    NOTHING_DONE = 4  # nothing could be done, or it was stopped
    OUR_FAULT = 5  # a fault of Rollbook itself


class Stop(errors.Problem):
    """A command ends here, with a sentence for the person who typed it and a status of its own."""

    def __init__(self, sentence: str, status: Exit = Exit.NOT_UNDERSTOOD) -> None:
        super().__init__(sentence)
        self.status = status


def status_of(problem: errors.Problem) -> Exit:
    """The status for a problem that ended a command: what can be mended in the configuration or the input is 2."""
    if isinstance(problem, Stop):
        return problem.status
    if isinstance(problem, errors.FixSettings | errors.SetAside):
        return Exit.NOT_UNDERSTOOD
    return Exit.NOTHING_DONE
