"""The one place where what a plugin raises becomes a Problem of ours, attributed, and without any text of its own
that may name a pupil.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from traceback import walk_tb
from typing import Any

from rollbook.contract.definition import BadDefinition
from rollbook.contract.errors import (
    KINDS,
    DeliveryRefused,
    DeliveryUnknown,
    FixSettings,
    NeedsCredentials,
    Problem,
    RetryLater,
    VendorMustAct,
)

READING = (RetryLater, NeedsCredentials, FixSettings, VendorMustAct)
NOTHING_SENT = (RetryLater, NeedsCredentials, FixSettings)
"""The problems by which a destination says that nothing of what it did not answer was sent."""
DELIVERING = (*NOTHING_SENT, DeliveryRefused, DeliveryUnknown)
LONGEST = 600


@dataclass(frozen=True)
class Attribution:
    """Whose doing a problem is: what a person needs to find the place, and nothing of a pupil."""

    connection: str
    plugin: str
    version: str = ""
    school: int | str = ""
    table: str = ""

    def __str__(self) -> str:
        parts = [f"connection {self.connection} (plugin {' '.join(filter(None, (self.plugin, self.version)))})"]
        parts += [f"school {self.school}"] if self.school else []
        parts += [self.table] if self.table else []
        return ", ".join(parts)


@contextmanager
def contained(package: str, *, delivering: bool = False) -> Iterator[None]:
    """Whatever the plugin raises inside becomes a Problem that this call may end in; see `as_problem`."""
    try:
        yield
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - SystemExit and the like are the plugin's, and end only its call
        raise as_problem(error, package, delivering=delivering) from None


def as_problem(error: BaseException, package: str, *, delivering: bool = False) -> Problem:
    """The Problem that `error`, raised by a plugin of that package, is for the host.

    While delivering, all that does not say otherwise is DeliveryUnknown: something may have arrived. A request that
    got no reply (`Unanswered`) is too, though it is a RetryLater elsewhere.
    """
    if isinstance(error, Problem):
        return _of_a_kind(error, delivering)
    detail = failure(error, package)
    if delivering:
        return DeliveryUnknown("The plugin failed while it delivered: whether all arrived is not known.", detail=detail)
    return VendorMustAct(
        f"The plugin failed ({type(error).__name__}); what it had read was not kept. Send its maker the log's line.",
        detail=detail,
    )


def _of_a_kind(problem: Problem, delivering: bool) -> Problem:
    from rollbook.contract.client import Unanswered

    sentence, detail = clean(problem.sentence), clean(problem.detail)
    allowed = DELIVERING if delivering else READING
    if delivering and isinstance(problem, Unanswered):
        return DeliveryUnknown(sentence, detail=detail)
    for kind in allowed:
        if isinstance(problem, kind):
            return rebuilt(kind, sentence, detail, getattr(problem, "after", None))
    return (DeliveryUnknown if delivering else VendorMustAct)(sentence, detail=detail)


def rebuilt(kind: type[Problem], sentence: str, detail: str, after: Any = None) -> Problem:
    """A Problem of exactly that kind."""
    if issubclass(kind, RetryLater):
        seconds = float(after) if isinstance(after, int | float) and after >= 0 else None
        return kind(sentence, detail=detail, after=seconds)
    return kind(sentence, detail=detail)


def attributed(problem: Problem, whose: Attribution) -> Problem:
    """The same problem, saying whose it is."""
    kind = KINDS.get(type(problem).__name__, VendorMustAct)
    sentence = f"{str(whose)[0].upper()}{str(whose)[1:]}: {problem.sentence}"
    return rebuilt(kind, sentence, problem.detail, getattr(problem, "after", None))


def failure(error: BaseException, package: str = "") -> str:
    """What happened, for a log: the kind of error and where, never its text, which may hold a pupil's data.

    Three kinds have texts that hold names of code alone, and these are shown.
    """
    kind = type(error).__name__
    if isinstance(error, BadDefinition):
        return clean(f"{kind}: {error}")
    if isinstance(error, ModuleNotFoundError) and error.name:
        return clean(f"{kind}: there is no module {error.name}")
    if isinstance(error, SyntaxError):
        return clean(f"{kind} at line {error.lineno} of {error.filename}")
    return clean(f"{kind}{_where(error, package)}")


def _where(error: BaseException, package: str) -> str:
    frames = [(str(frame.f_globals.get("__name__", "?")), line) for frame, line in walk_tb(error.__traceback__)]
    own = [frame for frame in frames if package and frame[0].split(".")[0] == package.split(".")[0]]
    for module, line in (own or frames)[-1:]:
        return f" at {module}, line {line}"
    return ""


def clean(text: object, longest: int = LONGEST) -> str:
    """`text` on one line, printable, and cut to a length."""
    line = " ".join(str(text).split())
    line = "".join(letter if letter.isprintable() else "?" for letter in line)
    return line if len(line) <= longest else line[: longest - 3] + "..."
