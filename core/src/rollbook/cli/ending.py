"""How every command ends: the one place where an outcome, of whatever sort, becomes a sentence and a status."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NoReturn

import click

from rollbook.cli.exits import Exit, status_of
from rollbook.contract.errors import Problem

_NOTHING_BEGUN = "Nothing was changed."
_kept: ContextVar[str] = ContextVar("kept", default=_NOTHING_BEGUN)


def end(run: Callable[[], Any]) -> NoReturn:
    """Call `run`, say what has to be said on the error stream, and end the process with a status of `Exit`."""
    _kept.set(_NOTHING_BEGUN)
    try:
        status = _status(run)
        sys.stdout.flush()
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
        # Whoever read our output (`| head`) went away: that is no fault, and there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = Exit.NO
    sys.exit(int(status))


def if_stopped(sentence: str) -> None:
    """Say beforehand what is kept, should the running command be stopped by a person."""
    _kept.set(sentence)


def _status(run: Callable[[], Any]) -> int:
    try:
        outcome = run()
    except click.Abort as stopped:
        return _stopped(stopped)
    except click.ClickException as misused:
        misused.show()
        return Exit.NOT_UNDERSTOOD
    except Problem as problem:
        click.echo(problem.sentence, err=True)
        return status_of(problem)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise
        return _trouble_with_a_file(error)
    except Exception as error:  # noqa: BLE001 - the last place; only where it happened may be shown, never a value
        return _our_fault(error)
    return int(outcome) if isinstance(outcome, int) else Exit.WELL


def _stopped(stopped: click.Abort) -> Exit:
    unanswered = isinstance(stopped.__context__, EOFError)
    if stopped.__cause__ is None:  # a prompt was left, and the cursor still stands behind it
        click.echo(err=True)
    first = "No answer came to the question." if unanswered else "Stopped."
    click.echo(f"{first} {_kept.get()}", err=True)
    return Exit.NOTHING_DONE


def _trouble_with_a_file(error: OSError) -> Exit:
    if not error.filename and error.errno not in (errno.ENOSPC, errno.EROFS, errno.EDQUOT):
        return _our_fault(error)
    where = f" ({error.filename})" if error.filename else ""
    reason = error.strerror or type(error).__name__
    click.echo(f"A file could not be read or written{where}: {reason}. {_kept.get()}", err=True)
    return Exit.NOTHING_DONE


def _our_fault(error: Exception) -> Exit:
    from rollbook.cli.faults import note_fault, place_of

    written = note_fault(error)
    kept = "" if _kept.get() == _NOTHING_BEGUN else f" {_kept.get()}"
    details = f" Details, without any pupil's data, are in {written}." if written else ""
    click.echo(
        f"Rollbook failed by a fault of its own ({type(error).__name__} at {place_of(error)}).{kept}{details}"
        " Please report it with that file.",
        err=True,
    )
    return Exit.OUR_FAULT
