"""A folder of an SFTP server whose key is the one that the authority gave. No other key is ever taken."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from rollbook.contract import DeliveryUnknown, FixSettings, NeedsCredentials, Problem, RetryLater
from rollbook_la_portal.files.places import LARGEST, PART, Place, digest_of

try:
    import paramiko
except ImportError:  # an optional extra
    paramiko = None  # type: ignore[assignment]

SECONDS: Final = 60.0  # for one answer of the server
_TO_CONNECT: Final = 20.0


@contextmanager
def connected(settings: Mapping[str, Any]) -> Iterator[SftpFolder]:
    """The folder of an SFTP server.

    Raises FixSettings for a key that is not the authority's, a folder that is not there and an extra that is not
    installed, NeedsCredentials where the server does not let us in, RetryLater where it cannot be reached.
    """
    if paramiko is None:
        raise FixSettings("`sftp` needs an extra that is not installed: install `rollbook-la-portal[sftp]`.")
    client = paramiko.SSHClient()
    try:
        _know(client, settings)
        _sign_in(client, settings)
        yield _folder(client, settings)
    finally:
        client.close()


class SftpFolder(Place):
    """A folder there. `told` names server and folder."""

    def __init__(self, client: Any, sftp: Any, folder: str, host: str) -> None:
        self._client, self._sftp = client, sftp
        self.told, self._host, self._at = f"{folder} at {host}", host, folder.rstrip("/") or "/"

    def put(self, name: str, data: bytes) -> None:
        """Written beside its place and renamed. A connection that is lost on the way leaves it unknown."""
        with self._asking("write", lost=_unknown):
            if self._is_there(name):
                raise FileExistsError(name)
            part = self._path(f".{name}{PART}")
            with self._sftp.open(part, "wb") as file:
                file.set_pipelined(True)
                file.write(data)
            if self._sftp.stat(part).st_size != len(data):
                raise OSError("not all of it arrived")
            self._sftp.rename(part, self._path(name))  # unlike posix-rename, it never takes another's place

    def sha256(self, name: str) -> str | None:
        with self._asking("read", lost=_later):
            try:
                with self._sftp.open(self._path(name), "rb") as file:
                    return digest_of(file.read(LARGEST))
            except FileNotFoundError:
                return None

    def names(self) -> set[str]:
        with self._asking("list", lost=_later):
            return set(self._sftp.listdir(self._at))

    def check(self) -> None:
        name = self._path(f".rollbook-check{PART}")
        with self._asking("write", lost=_later):
            with self._sftp.open(name, "wb") as file:
                file.write(b"")
            self._sftp.remove(name)

    def _is_there(self, name: str) -> bool:
        try:
            self._sftp.stat(self._path(name))
        except FileNotFoundError:
            return False
        return True

    def _path(self, name: str) -> str:
        return f"{self._at.rstrip('/')}/{name}"

    @contextmanager
    def _asking(self, what: str, *, lost: Callable[[str], Problem]) -> Iterator[None]:
        """Turns what went wrong into what the host does next. The server's own words are not shown."""
        try:
            yield
        except FileExistsError:
            raise
        except (OSError, EOFError, paramiko.SSHException) as error:
            transport = self._client.get_transport()
            answered = isinstance(error, OSError) and not isinstance(error, TimeoutError | ConnectionError)
            if not answered or transport is None or not transport.is_active():
                raise lost(self._host) from None
            raise FixSettings(
                f"The SFTP server {self._host} does not let Rollbook {what} in {self._at}: ask the authority for the "
                "right to, and for room, and sync again.",
                detail=f"errno {error.errno}" if isinstance(error, OSError) else "",
            ) from None


class _Unlisted:
    """Takes a key that has the fingerprint that was given, and no other."""

    def __init__(self, fingerprint: str) -> None:
        self._wanted = fingerprint.rstrip("=")

    def missing_host_key(self, client: Any, hostname: str, key: Any) -> None:
        """Called where no key of the server is listed. Raises FixSettings unless it is the one that was given."""
        if not self._wanted or key.fingerprint.rstrip("=") != self._wanted:
            raise _strange(hostname, key, "" if self._wanted else "none is listed for it in known_hosts")


def _know(client: Any, settings: Mapping[str, Any]) -> None:
    """Which key the server must have."""
    given = settings.get("host_key", "")
    client.set_missing_host_key_policy(_Unlisted(given if given.startswith("SHA256:") else ""))
    if "known_hosts" in settings:
        try:
            client.load_host_keys(str(settings["known_hosts"]))
        except OSError as error:
            raise FixSettings(f"known_hosts, {settings['known_hosts']}, cannot be read: {error.strerror}.") from None
    elif given and not given.startswith("SHA256:"):
        entry = paramiko.hostkeys.HostKeyEntry.from_line(f"{_listed(settings)} {given}")
        if entry is None or entry.key is None:
            raise FixSettings('`host_key` is no key: copy it whole, as "ssh-ed25519 AAAA...", or give its fingerprint.')
        client.get_host_keys().add(_listed(settings), entry.key.get_name(), entry.key)


def _listed(settings: Mapping[str, Any]) -> str:
    """The server's name as lists of keys have it."""
    return settings["host"] if settings["port"] == 22 else f"[{settings['host']}]:{settings['port']}"


def _sign_in(client: Any, settings: Mapping[str, Any]) -> None:
    host = settings["host"]
    passes = {"password": settings["password"].reveal()} if "password" in settings else {"pkey": _key(settings)}
    times = {"timeout": _TO_CONNECT, "banner_timeout": _TO_CONNECT, "auth_timeout": _TO_CONNECT}
    try:
        client.connect(
            host, settings["port"], settings["user"], allow_agent=False, look_for_keys=False, **passes, **times
        )
    except paramiko.BadHostKeyException as wrong:
        raise _strange(host, wrong.key, "it is not the one that you have") from None
    except paramiko.AuthenticationException:
        raise NeedsCredentials(
            f"The SFTP server {host} does not let {settings['user']} in: check `user`, and the password or key, or "
            "ask the authority for new ones."
        ) from None
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise RetryLater(
            f"The SFTP server {host} cannot be reached on port {settings['port']}: try again later.",
            detail=type(error).__name__,
        ) from None


def _key(settings: Mapping[str, Any]) -> Any:
    text = settings["key"].reveal() + "\n"
    passphrase = settings["passphrase"].reveal() if "passphrase" in settings else None
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text), password=passphrase)
        except (paramiko.SSHException, ValueError, IndexError, TypeError):
            continue
    raise NeedsCredentials(
        "`key` is not a private key that can be used: an Ed25519, ECDSA or RSA key in OpenSSH's form, with its "
        "`passphrase` where it has one."
    )


def _folder(client: Any, settings: Mapping[str, Any]) -> SftpFolder:
    host, folder = settings["host"], settings["folder"]
    try:
        sftp = client.open_sftp()
        sftp.get_channel().settimeout(SECONDS)
        is_folder = stat.S_ISDIR(sftp.stat(folder).st_mode or 0)
    except FileNotFoundError:
        is_folder = False
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise RetryLater(
            f"The SFTP server {host} lets us in and then does not answer.", detail=type(error).__name__
        ) from None
    if not is_folder:
        raise FixSettings(f"There is no folder {folder} at {host}: correct `sftp.folder`, or ask the authority.")
    return SftpFolder(client, sftp, folder, host)


def _strange(host: str, key: Any, why: str) -> FixSettings:
    because = f" ({why})" if why else ""
    return FixSettings(
        f"The SFTP server {host} has a key that the configuration does not know{because}, and nothing was sent: "
        f"{key.get_name()} {key.fingerprint}. Ask the authority by telephone whether that is its key. If it is, set "
        f'`host_key = "{key.fingerprint}"` in place of the old one; if it is not, somebody stands in between.'
    )


def _unknown(host: str) -> DeliveryUnknown:
    return DeliveryUnknown(
        f"The connection to {host} was lost while a form was sent; it is looked for at the next sync."
    )


def _later(host: str) -> RetryLater:
    return RetryLater(f"The connection to the SFTP server {host} was lost: try again later.")
