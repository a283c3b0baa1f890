"""Keys that stand for customers inside the pipeline: the same id and pepper always give the same key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.errors import UserError

DEMO_PEPPER = b"public-demo-pepper-not-for-real-customers"
PEPPER_VARIABLE = "CHURN_PEPPER"
MIN_PEPPER_CHARACTERS = 32
KEY_CHARACTERS = 26
SHA256_BYTES = 32
HMAC_BLOCK_BYTES = 64
INNER_PAD, OUTER_PAD = 0x36, 0x5C
BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
BLOCK = 10_000  # keys that are made at once: so few stay in a core's cache


def pepper_from(env: Mapping[str, str]) -> tuple[bytes, bool]:
    """Read the secret that keeps keys from being recomputed by anyone who can guess ids.

    Parameters
    ----------
    env : mapping of str to str
        The environment, ``os.environ``.

    Returns
    -------
    pepper : bytes
    is_demo : bool
        True when the variable is missing or empty and the public demo pepper is used.

    Raises
    ------
    UserError
        If the variable has fewer than 32 characters.
    """
    pepper = env.get(PEPPER_VARIABLE, "")
    if not pepper:
        return DEMO_PEPPER, True
    if len(pepper) < MIN_PEPPER_CHARACTERS:
        raise UserError(
            f"the pepper has {len(pepper)} characters, at least {MIN_PEPPER_CHARACTERS} are needed",
            where=PEPPER_VARIABLE,
            valid=f"export {PEPPER_VARIABLE}=$(openssl rand -hex 32), kept for as long as the keys are",
        )
    return pepper.encode(), False


def customer_keys(ids: pd.Series[str], pepper: bytes) -> pd.Series[str]:
    """Return "c" and the first 130 bits of HMAC-SHA256(pepper, id) in lower-case base 32, for every id.

    Parameters
    ----------
    ids : Series of str
    pepper : bytes
        From `pepper_from`.

    Returns
    -------
    Series of str
        Same length and index; 27 characters each. Each distinct id is hashed once.
    """
    codes, distinct = pd.factorize(ids)
    keys = distinct_keys(pa.array(distinct, pa.string()), pepper).take(pa.array(codes))
    return pd.Series(keys, index=ids.index, dtype="str", name="customer_key")


def distinct_keys(ids: pa.StringArray | pa.ChunkedArray, pepper: bytes) -> pa.StringArray:
    """Return `customer_keys` of ids that are known to be distinct, in Arrow.

    Parameters
    ----------
    ids : pyarrow array of str
    pepper : bytes
    """
    listed = ids.to_pylist()  # a list is iterated several times faster than an array
    blocks = [_keys(listed[start : start + BLOCK], pepper) for start in range(0, len(listed), BLOCK)]
    return pa.concat_arrays(blocks or [pa.array([], pa.string())])


def entity_keys(ids: pd.Series[str], entity: str, pepper: bytes) -> pd.Series[str]:
    """Return `customer_keys` for customers; for orders and the like their own, led by their letter."""
    if entity == "customer":
        return customer_keys(ids, pepper)
    return entity[0] + customer_keys(ids, pepper + b"/" + entity.encode()).str[1:]


def _keys(ids: Iterable[str], pepper: bytes) -> pa.Array:
    digests = np.frombuffer(b"".join(_hmacs(ids, pepper)), dtype=np.uint8).reshape(-1, SHA256_BYTES)
    octets = digests.T.astype(np.uint16)
    characters = np.full((len(digests), 1 + KEY_CHARACTERS), ord("c"), dtype=np.uint8)
    for n in range(KEY_CHARACTERS):
        # A character is five bits, which lie in two neighbouring bytes.
        byte, bit = divmod(5 * n, 8)
        pair = octets[byte] << 8 | octets[byte + 1]
        characters[:, 1 + n] = BASE32.take(pair >> (11 - bit) & 31)
    fixed = pa.binary(1 + KEY_CHARACTERS)
    return pa.Array.from_buffers(fixed, len(characters), [None, pa.py_buffer(characters)]).cast(pa.string())


def _hmacs(ids: Iterable[str], pepper: bytes) -> Iterator[bytes]:
    """HMAC-SHA256 as RFC 2104 defines it, the pepper's two blocks hashed once: half the time of `hmac`."""
    key = sha256(pepper).digest() if len(pepper) > HMAC_BLOCK_BYTES else pepper
    block = key.ljust(HMAC_BLOCK_BYTES, b"\0")
    inner_start = sha256(bytes(byte ^ INNER_PAD for byte in block))
    outer_start = sha256(bytes(byte ^ OUTER_PAD for byte in block))
    for customer_id in ids:
        inner, outer = inner_start.copy(), outer_start.copy()
        inner.update(customer_id.encode())
        outer.update(inner.digest())
        yield outer.digest()
