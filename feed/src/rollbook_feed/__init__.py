"""The open feed: what a school's system tells its local authority. Documented, with an example, in docs/feed.md.

Both ends use it: `problems` says all that is wrong with a message, `digest` names a content without repeating it.
"""

from __future__ import annotations

from rollbook_feed.digest import canonical, digest
from rollbook_feed.message import ACTIONS, FEED_VERSION, KINDS, problems, required_fields

__all__ = ["ACTIONS", "FEED_VERSION", "KINDS", "canonical", "digest", "problems", "required_fields"]
