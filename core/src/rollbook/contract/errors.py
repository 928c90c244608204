"""Errors, named by what the host does next.

Each has two texts: `sentence`, for IT staff (what happened, at which connection, what to do now), and `detail`, for
the log. Neither may hold anything of a pupil, nor a secret.
"""

from __future__ import annotations


class Problem(Exception):
    """The root of them all; a plugin raises one of its kinds.

    Whatever else a plugin raises becomes `VendorMustAct`, attributed to the plugin, its version, the school and the
    table, and none of its text is shown: it may name a pupil.
    """

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail


class RetryLater(Problem):
    """The other end is away or busy. The host keeps what it has, marks the school failed and tries at the next sync.

    `after`: seconds that the other end asked for, or None.
    """

    def __init__(self, sentence: str, *, detail: str = "", after: float | None = None) -> None:
        super().__init__(sentence, detail=detail)
        self.after = after


class NeedsCredentials(Problem):
    """A credential is missing, wrong, expired or revoked. The host stops the connection: a person must act."""


class FixSettings(Problem):
    """A setting, a file or a mapping on our side is wrong. The host stops that school (the whole connection where it
    arises before any school is asked for) and goes on with the others: IT staff must act.
    """


class VendorMustAct(Problem):
    """The vendor's answer is not what was agreed. The host stops the school and says so; nothing is guessed."""


class SetAside(Problem):
    """One row cannot be used: for a plugin's own code, which puts such a row into `Page.rejects`. Raised out of `pull`
    it ends the whole pull, as `VendorMustAct`.
    """


class DeliveryRefused(Problem):
    """The destination took no message of the batch, for good. The host marks those not yet answered `refused`."""


class DeliveryUnknown(Problem):
    """Whether the destination took it cannot be known. The host marks `unknown` those not yet answered: they are
    looked up, or sent again under the same idempotency key where the destination promises that this is safe.
    """


KINDS: dict[str, type[Problem]] = {
    kind.__name__: kind
    for kind in (
        Problem,
        RetryLater,
        NeedsCredentials,
        FixSettings,
        VendorMustAct,
        SetAside,
        DeliveryRefused,
        DeliveryUnknown,
    )
}
