"""The loop of a worker process: a request in, its answers out, and `end` or a problem after them."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from queue import SimpleQueue
from typing import Any, BinaryIO

from rollbook.contract.errors import Problem, VendorMustAct
from rollbook.host import logs
from rollbook.host.frames import BadFrame, Frame, read_frame, write_frame
from rollbook.host.worker import wire
from rollbook.host.worker.calls import Plugin
from rollbook.host.worker.child import GREETING

LOG_LINES = 2000  # of one call


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Greet, then answer each request in turn. The process ends when its requests do, whatever the plugin is doing."""
    came: SimpleQueue[Frame] = SimpleQueue()
    threading.Thread(target=_listen, args=(requests, came), daemon=True).start()
    answers.write(GREETING)
    answers.flush()
    plugin = Plugin(wire.spec_of(came.get()))
    told = LogFrames(answers)
    logs.log.addHandler(told)
    logs.log.setLevel(logging.INFO)
    logs.log.propagate = False
    while True:
        frame = came.get()
        told.left = LOG_LINES
        _answer(plugin, frame, answers)


def _listen(requests: BinaryIO, came: SimpleQueue[Frame]) -> None:
    """Read requests; at the pipe's end the host is gone or has had enough, and this process and its children end."""
    try:
        while (frame := read_frame(requests)) is not None:
            came.put(frame)
    except (BadFrame, OSError):
        pass
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(0)


def _answer(plugin: Plugin, frame: Frame, answers: BinaryIO) -> None:
    try:
        for item in plugin.run(wire.request_of(frame)):
            write_frame(answers, wire.answer_frame(item))
    except Problem as problem:
        write_frame(answers, wire.problem_frame(problem))
    except BadFrame:
        too_long = VendorMustAct("The plugin gave a page, or another answer, that is too long to pass on at once.")
        write_frame(answers, wire.problem_frame(too_long))
    else:
        write_frame(answers, Frame({"is": "end"}))


class LogFrames(logging.Handler):
    """Sends what our own parts log, the shared HTTP client above all, to the host's log. A plugin's own is dropped."""

    def __init__(self, answers: BinaryIO) -> None:
        super().__init__()
        self.left = LOG_LINES
        self._answers = answers
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """One frame; none from a thread of the plugin's, which would cut into another frame, nor past the limit."""
        if self.left <= 0 or threading.get_ident() != self._thread or not isinstance(record.msg, str):
            return
        self.left -= 1
        fields: dict[str, Any] = {
            key: logs.plain(value) for key, value in vars(record).items() if key in logs.FIELDS and value is not None
        }
        write_frame(self._answers, Frame({"is": "log", "level": record.levelno, "event": record.msg, "fields": fields}))
