"""What an authority tells a school: the contents of news, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from rollbook_feed.fields import Part
from rollbook_feed.from_authority.named_contacts import NamedContacts
from rollbook_feed.from_authority.notice_outcome import NoticeOutcome
from rollbook_feed.from_authority.pupil_flags import PupilFlags

NEWS_CONTENTS: Mapping[str, type[Part]] = {
    "notice_outcome": NoticeOutcome,
    "pupil_flags": PupilFlags,
    "named_contacts": NamedContacts,
}
NEWS_KINDS = tuple(NEWS_CONTENTS)
