"""Files behind a URL (s3://, sftp://, gs://, az:// …), fetched in chunks into a temporary folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.errors import UserError
from pipeline.tables.sources.addresses import Address, expand
from pipeline.tables.sources.files import PATTERN_SIGNS, SourceFile

CHUNK_BYTES = 1 << 23
PACKAGES = {
    "s3": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "az": "adlfs",
    "abfs": "adlfs",
    "sftp": "paramiko",
    "ssh": "paramiko",
    "http": "aiohttp",
    "https": "aiohttp",
    "smb": "smbprotocol",
}
WITH_LOGIN = ("sftp", "ssh", "ftp", "smb")
# Not all errors of the stores' own libraries are OSErrors: missing credentials, for one.
LIBRARIES = {"botocore", "aiobotocore", "s3fs", "google", "gcsfs", "azure", "adlfs", "paramiko", "aiohttp"}


def is_remote(path: str) -> bool:
    """Tell a URL from a path."""
    return "://" in path


def fetch(path: str, scratch: Path, where: str) -> list[SourceFile]:
    """Copy the files a URL means.

    Parameters
    ----------
    path : str
        A URL, a pattern at its end, ``$NAME`` for what comes from the environment. Other credentials are
        found where the protocol's own tools look for them (AWS_PROFILE, GOOGLE_APPLICATION_CREDENTIALS …).
    scratch : Path
        Folder for the copies.
    where : str
        The parameter, for messages.

    Returns
    -------
    list of SourceFile
        At least one, sorted by label: the protocol and the path, without host and user.

    Raises
    ------
    UserError
        If the protocol is unknown or needs a package, the files cannot be reached, or there is none.
    """
    import fsspec  # takes its time, and most logs are files

    address = expand(path, os.environ, where)
    protocol = path.partition("://")[0]
    with _explained(address, protocol, where):
        bare, login = _login(address.url, protocol)
        system, inside = fsspec.url_to_fs(bare, **login)
        names = _names(system, str(inside))
        copies = [_copy(system, name, scratch / f"{n}.fetched") for n, name in enumerate(names)]
    labels = [address.hide(f"{protocol}://{name}") for name in names]
    if not names:
        raise UserError(f"no file matches {protocol}://{address.hide(str(inside))}", where=where)
    return [SourceFile(label, copy) for label, copy in zip(labels, copies, strict=True)]


def _login(url: str, protocol: str) -> tuple[str, dict[str, str]]:
    """Take user and password out of a URL and decode them: fsspec hands them on as the URL writes them."""
    user, at, place = urlsplit(url).netloc.rpartition("@")
    if protocol not in WITH_LOGIN or not at:
        return url, {}
    login = zip(("username", "password"), map(unquote, user.split(":", 1)), strict=False)
    return urlsplit(url)._replace(netloc=place).geturl(), dict(login)


@contextmanager
def _explained(address: Address, protocol: str, where: str) -> Iterator[None]:
    """Turn what a store refuses into an error for people, without secrets."""
    try:
        yield
    except ImportError:
        package = PACKAGES.get(protocol, f"that fsspec uses for {protocol}")
        raise UserError(
            f"{protocol}:// needs the package {package}, which is not installed",
            where=where,
            valid=f"pip install {package}",
        ) from None
    except Exception as error:
        library = type(error).__module__.partition(".")[0]
        if not isinstance(error, OSError | ValueError) and library not in LIBRARIES:
            raise
        said = address.hide(str(error)).strip().partition("\n")[0] or type(error).__name__
        raise UserError(f"{protocol}:// cannot be read: {said}", where=where) from None


def _names(system: Any, inside: str) -> list[str]:
    if any(sign in inside for sign in PATTERN_SIGNS) and not system.exists(inside):
        return sorted(str(name) for name in system.glob(inside) if not system.isdir(name))
    return [inside] if system.isfile(inside) else []


def _copy(system: Any, name: str, to: Path) -> Path:
    with system.open(name, "rb") as source, to.open("wb") as target:
        shutil.copyfileobj(source, target, CHUNK_BYTES)
    return to
