"""What a school tells its authority: the contents of messages, by kind. Each file names the law that it rests on."""

from __future__ import annotations

from collections.abc import Mapping

from rollbook_feed.fields import Part
from rollbook_feed.from_school.attendance_followup import AttendanceFollowup
from rollbook_feed.from_school.attendance_return import AttendanceReturn
from rollbook_feed.from_school.deletion_return import DeletionReturn
from rollbook_feed.from_school.irregular_attendance_return import IrregularAttendanceReturn
from rollbook_feed.from_school.missing_pupil_report import MissingPupilReport
from rollbook_feed.from_school.new_pupil_return import NewPupilReturn
from rollbook_feed.from_school.penalty_notice_request import PenaltyNoticeRequest
from rollbook_feed.from_school.sickness_return import SicknessReturn
from rollbook_feed.from_school.support_referral import SupportReferral
from rollbook_feed.from_school.worker_notice import WorkerNotice, WorkerNoticeDeletion

CONTENTS: Mapping[str, type[Part]] = {
    "attendance_return": AttendanceReturn,
    "attendance_followup": AttendanceFollowup,
    "irregular_attendance_return": IrregularAttendanceReturn,
    "sickness_return": SicknessReturn,
    "new_pupil_return": NewPupilReturn,
    "deletion_return": DeletionReturn,
    "missing_pupil_report": MissingPupilReport,
    "support_referral": SupportReferral,
    "penalty_notice_request": PenaltyNoticeRequest,
    "worker_notice": WorkerNotice,
    "worker_notice_deletion": WorkerNoticeDeletion,
}
KINDS = tuple(CONTENTS)
