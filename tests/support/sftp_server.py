"""An SFTP server on loopback over a folder, which loses its connection where it is told to."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paramiko

USER, PASSWORD = "school", "Open-Sesame-4711"


@dataclass
class Loss:
    """Where a connection is lost: before or after a step (`rename`, `write`) is done, once."""

    step: str = ""
    done: bool = False
    cut: Callable[[], None] = lambda: None

    def around(self, step: str, do: Callable[[], int]) -> int:
        """Do the step, or lose the connection before or after it."""
        if step != self.step:
            return do()
        self.step = ""
        if self.done:
            do()
        self.cut()
        return paramiko.SFTP_CONNECTION_LOST


@dataclass
class Running:
    """A server that runs. taken: the names under which files were renamed, in order."""

    port: int
    key: paramiko.PKey
    folder: Path
    loss: Loss
    taken: list[str] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    def settings(self, **changes: Any) -> dict[str, Any]:
        """Of a connection to it, by password, with the key's fingerprint."""
        from rollbook.contract import Secret

        given = {
            "host": "127.0.0.1",
            "port": self.port,
            "user": USER,
            "folder": "in",
            "password": Secret(PASSWORD),
            "host_key": self.key.fingerprint,
        }
        return {name: value for name, value in {**given, **changes}.items() if value is not None}


class _SignsIn(paramiko.ServerInterface):
    def __init__(self, client_key: paramiko.PKey | None) -> None:
        self._client_key = client_key

    def check_auth_password(self, username: str, password: str) -> int:
        return paramiko.AUTH_SUCCESSFUL if (username, password) == (USER, PASSWORD) else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        known = username == USER and key == self._client_key
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"


class _Handle(paramiko.SFTPHandle):
    def __init__(self, flags: int, file: Any) -> None:
        super().__init__(flags)
        self.readfile = self.writefile = file
        self._file = file

    def stat(self) -> Any:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self._file.fileno()))


def _answered(do: Callable[[], Any]) -> Any:
    try:
        done = do()
    except OSError as error:
        return paramiko.SFTPServer.convert_errno(error.errno or 0)
    return paramiko.SFTP_OK if done is None else done


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: Any, running: Running) -> None:
        super().__init__(server)
        self._running = running

    def _real(self, path: str) -> Path:
        return self._running.folder / self.canonicalize(path).lstrip("/")

    def list_folder(self, path: str) -> Any:
        stat = paramiko.SFTPAttributes.from_stat
        return _answered(lambda: [stat(one.stat(), one.name) for one in self._real(path).iterdir()])

    def stat(self, path: str) -> Any:
        return _answered(lambda: paramiko.SFTPAttributes.from_stat(self._real(path).stat()))

    lstat = stat

    def open(self, path: str, flags: int, attr: Any) -> Any:
        if "open" in self._running.refuses and flags & os.O_WRONLY:
            return paramiko.SFTP_PERMISSION_DENIED
        mode = "wb" if flags & os.O_WRONLY else "rb"
        return _answered(lambda: _Handle(flags, self._real(path).open(mode)))

    def remove(self, path: str) -> int:
        return int(_answered(self._real(path).unlink))

    def rename(self, oldpath: str, newpath: str) -> int:
        def do() -> None:
            if self._real(newpath).exists():
                raise FileExistsError
            self._real(oldpath).rename(self._real(newpath))
            self._running.taken.append(self._real(newpath).name)

        return self._running.loss.around("rename", lambda: int(_answered(do)))


@contextlib.contextmanager
def running(
    folder: Path, *, key: paramiko.PKey | None = None, client_key: paramiko.PKey | None = None, port: int = 0
) -> Iterator[Running]:
    """A server over `folder`, with a folder `in` in it."""
    (folder / "in").mkdir(exist_ok=True)
    listening = socket.create_server(("127.0.0.1", port))
    made = Running(listening.getsockname()[1], key or new_key(), folder, Loss())
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transports.append(transport)
            transport.add_server_key(made.key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, made)
            made.loss.cut = transport.sock.close
            with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(server=_SignsIn(client_key))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for transport in transports:
            transport.close()
        thread.join(5)


def new_key() -> paramiko.PKey:
    """A key of a server's."""
    return paramiko.ECDSAKey.generate()
