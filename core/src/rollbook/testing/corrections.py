"""What the register said at first, and when it was put right: N resolved within days or weeks, late corrections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from rollbook.testing.absences import OF, Array, Sheet
from rollbook.testing.stories import Run

DAY = np.timedelta64(1, "D")


@dataclass
class Story:
    """Each session twice: as first written, and as corrected on the day `when` (NaT: never).

    Arrays as in `absences`.
    """

    first: Array
    final: Array
    when: Array
    days: Array

    def correct(self, where: Array, before: str, delay: Array) -> None:
        """Those sessions (a mask), not yet corrected, were written `before` and put right `delay` days later.

        `delay`: days, of the mask's shape; a correction falls on a weekday.
        """
        where = where & np.isnat(self.when) & (self.final != OF[before])
        day = np.broadcast_to(self.days[None, :, None], where.shape)[where] + delay[where] * DAY
        weekday = (day.astype("datetime64[D]").astype(int) + 3) % 7
        self.first[where] = OF[before]
        self.when[where] = day + np.where(weekday > 4, 7 - weekday, 0) * DAY


def told(sheet: Sheet, runs: list[Run], rng: np.random.Generator) -> Story:
    """The whole story of a sheet whose codes are final but for the marks that stay N.

    An absence without a known reason is N. Most are explained within four days. Of those that are not, a third are
    within three weeks, a sixth later, and half never: the decay of the figures that DfE publishes.
    """
    days = np.array(sheet.days, dtype="datetime64[D]")
    story = Story(sheet.codes.copy(), sheet.codes.copy(), np.full(sheet.codes.shape, np.datetime64("NaT", "D")), days)
    alike = np.repeat(rng.random(sheet.codes.shape[:2])[:, :, None], 2, axis=2)  # one fate for both sessions of a day
    delay = _delays(rng, sheet.codes.shape)
    may = np.ones(sheet.pupils, dtype=bool)
    may[[run.pupil for run in runs]] = False
    open_to = may[:, None, None] & np.ones_like(sheet.free)
    _unexplained(story, open_to, alike, delay)
    _second_thoughts(story, open_to, alike, rng)
    _registers_not_taken(story, sheet, open_to, rng)
    return story


def _unexplained(story: Story, may: Array, alike: Array, delay: dict[str, Array]) -> None:
    absent = may & np.isin(story.final, [OF[letter] for letter in ("I", "O", "C", "M")])
    story.final[absent & (alike < 0.018)] = OF["N"]  # never explained
    story.first[absent & (alike < 0.018)] = OF["N"]
    story.correct(absent & (alike >= 0.018) & (alike < 0.03), "N", delay["weeks"])
    story.correct(absent & (alike >= 0.03) & (alike < 0.036), "N", delay["later"])
    story.correct(absent & (alike >= 0.036) & (alike < 0.16), "N", delay["days"])
    here = may & np.isin(story.final, [OF["/"], OF["\\"], OF["L"]])
    story.correct(here & (alike < 0.0004), "N", delay["weeks"])  # was in school after all


def _second_thoughts(story: Story, may: Array, alike: Array, rng: np.random.Generator) -> None:
    """Evidence that comes late turns O into I; now and then a reason is not accepted, and some edits come very late."""
    delay = rng.integers(7, 36, story.final.shape[:2])[:, :, None].repeat(2, axis=2)
    ill, other = story.final == OF["I"], story.final == OF["O"]
    story.correct(may & ill & (alike > 0.97), "O", delay)
    story.correct(may & other & (alike > 0.96), "I", delay)
    very_late = rng.integers(29, 46, story.final.shape[:2])[:, :, None].repeat(2, axis=2)
    story.correct(may & ill & (alike > 0.955) & (alike <= 0.97), "O", very_late)


def _registers_not_taken(story: Story, sheet: Sheet, may: Array, rng: np.random.Generator) -> None:
    """A class's afternoon that is entered a day or two later, and single marks that nobody ever made."""
    here = may & np.isin(story.final, [OF["/"], OF["\\"], OF["L"]])
    for number in np.unique(sheet.classes):
        if len(sheet.days) and rng.random() < 0.5:
            whole = np.zeros_like(here)
            whole[sheet.classes == number, int(rng.integers(len(sheet.days))), 1] = True
            story.correct(whole & here, "-", np.full(here.shape, int(rng.integers(1, 3))))
    never = here & np.isnat(story.when) & (rng.random(here.shape) < 0.0004)
    story.first[never] = story.final[never] = OF["-"]


def correct_on_the_last_night(story: Story, runs: list[Run], last: date) -> None:
    """On the day `last` a whole run turns out to be illness, and so does the first day of another."""
    for run in runs:
        reach = {"withdrawn": run.last, "amended": run.first}.get(run.story)
        if reach is not None:
            cells = (run.pupil, slice(run.first, reach + 1))
            written = story.final[cells] == OF["O"]
            story.final[cells][written] = OF["I"]
            story.when[cells][written] = np.datetime64(last, "D")


def spoil(story: Story, runs: list[Run], rng: np.random.Generator) -> None:
    """What comes from a vendor and is no code: marks that nobody knows, and the plain Y of an old client."""
    may = np.isnat(story.when)
    may[[run.pupil for run in runs]] = False
    buses = np.argwhere(may & (story.final == OF["Y1"]))
    for cell in rng.permutation(buses)[:3]:
        story.first[tuple(cell)] = story.final[tuple(cell)] = OF["Y"]
    here = np.argwhere(may & (story.final == OF["/"]))
    for cell, letter in zip(rng.permutation(here)[:4], ("ZZ", "7", "?", "ZZ"), strict=False):
        story.first[tuple(cell)] = story.final[tuple(cell)] = OF[letter]


def _delays(rng: np.random.Generator, shape: tuple[int, ...]) -> dict[str, Array]:
    """Days until a correction, one for both sessions of a day."""
    spans = {"days": (1, 5), "weeks": (6, 20), "later": (20, 43)}
    return {name: rng.integers(*span, shape[:2])[:, :, None].repeat(2, axis=2) for name, span in spans.items()}
