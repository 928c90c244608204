"""Certificates that nobody vouches for, made by openssl."""

from __future__ import annotations

import subprocess
from pathlib import Path


def certificate(folder: Path, name: str, stands_for: str) -> tuple[Path, Path]:
    """A self-signed certificate and its key: `name.pem` and `name.key`. `stands_for` as `IP:127.0.0.1`."""
    made = folder / f"{name}.pem", folder / f"{name}.key"
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += ["-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName={stands_for}"]
    words += ["-out", str(made[0]), "-keyout", str(made[1])]
    subprocess.run(words, check=True, capture_output=True)
    return made
