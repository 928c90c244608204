from __future__ import annotations

import pytest

from rollbook.contract import (
    DeliveryRefused,
    DeliveryUnknown,
    FixSettings,
    NeedsCredentials,
    Problem,
    RetryLater,
    SetAside,
    Unanswered,
    VendorMustAct,
)
from rollbook.host.guard import Attribution, as_problem, attributed, clean, contained, failure

CANARY = "Quillfeather A823456789012 2014-03-10"


def raised(error: BaseException) -> BaseException:
    """The error, as it is once it was raised: with a traceback."""
    try:
        raise error
    except BaseException as caught:  # noqa: BLE001
        return caught


@pytest.mark.parametrize(
    ("error", "reading", "delivering"),
    [
        (RetryLater("x"), RetryLater, RetryLater),
        (NeedsCredentials("x"), NeedsCredentials, NeedsCredentials),
        (FixSettings("x"), FixSettings, FixSettings),
        (VendorMustAct("x"), VendorMustAct, DeliveryUnknown),
        (Unanswered("x"), RetryLater, DeliveryUnknown),
        (SetAside("x"), VendorMustAct, DeliveryUnknown),
        (DeliveryRefused("x"), VendorMustAct, DeliveryRefused),
        (DeliveryUnknown("x"), VendorMustAct, DeliveryUnknown),
        (Problem("x"), VendorMustAct, DeliveryUnknown),
        (KeyError("x"), VendorMustAct, DeliveryUnknown),
        (SystemExit(0), VendorMustAct, DeliveryUnknown),
        (MemoryError(), VendorMustAct, DeliveryUnknown),
    ],
)
def test_each_error_ends_a_call_in_a_kind_that_the_call_may_end_in(
    error: BaseException, reading: type[Problem], delivering: type[Problem]
) -> None:
    assert type(as_problem(error, "acme")) is reading
    assert type(as_problem(error, "acme", delivering=True)) is delivering


@pytest.mark.parametrize(
    "error",
    [
        ValueError(CANARY),
        KeyError(CANARY),
        OSError(2, CANARY, CANARY),
        UnicodeDecodeError("utf-8", CANARY.encode(), 0, 1, CANARY),
        type("Custom", (Exception,), {"__str__": lambda self: CANARY})(),
    ],
)
def test_the_text_of_an_error_is_never_shown(error: BaseException) -> None:
    for delivering in (False, True):
        problem = as_problem(raised(error), "tests", delivering=delivering)
        assert not any(part in problem.sentence + problem.detail for part in CANARY.split())
        assert problem.detail.startswith(type(error).__name__)


def test_the_place_of_an_error_is_the_plugins_own_line() -> None:
    def of_the_plugin() -> None:
        int("x")

    with pytest.raises(ValueError) as caught:
        of_the_plugin()
    assert failure(caught.value, __name__).startswith(f"ValueError at {__name__}, line ")


def test_a_problem_is_attributed_and_keeps_what_it_says() -> None:
    whose = Attribution("oakfield", "csv", "1.2", 100001, "marks")
    problem = attributed(RetryLater("The share is away.", detail="ENOENT", after=60), whose)
    assert problem.sentence == "Connection oakfield (plugin csv 1.2), school 100001, marks: The share is away."
    assert isinstance(problem, RetryLater)
    assert (problem.detail, problem.after) == ("ENOENT", 60.0)


def test_a_person_who_interrupts_is_not_taken_for_the_plugin() -> None:
    with pytest.raises(KeyboardInterrupt), contained("acme"):
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("text", "line"), [("a\n b\tc", "a b c"), ("\x1b[31mred", "?[31mred"), ("x" * 900, "x" * 597 + "..."), (7, "7")]
)
def test_a_text_is_one_printable_line(text: object, line: str) -> None:
    assert clean(text) == line
