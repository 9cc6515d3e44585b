"""Contact details at rest: AES-256-GCM to read them again, a keyed HMAC-SHA-256 to find them again.

These keys, and the one that signs links, are derived (HKDF, RFC 5869) from one secret that never lies in the workspace
or the database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


def new_key() -> str:
    """A fresh secret, as text for a file or a variable."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


class Vault:
    """Locks and unlocks contact details with the team's secret; ``ValueError`` for a secret that is none."""

    def __init__(self, key: str) -> None:
        try:
            secret = base64.urlsafe_b64decode(key.strip())
        except (binascii.Error, ValueError) as error:
            raise ValueError("the key is not base64") from error
        if len(secret) != KEY_BYTES:
            raise ValueError(f"the key has {len(secret)} bytes, not {KEY_BYTES}")
        self._cipher = AESGCM(_derived(secret, b"yinliu/contact/encrypt"))
        self._finder = _derived(secret, b"yinliu/contact/find")
        self._links = _derived(secret, b"yinliu/links/sign")

    @property
    def check(self) -> str:
        """A digest by which a database knows this key again."""
        return self.fingerprint("check", "yinliu")

    @property
    def links_key(self) -> bytes:
        """The key by which links are signed; it opens no contact detail."""
        return self._links

    def lock(self, value: str) -> bytes:
        """The encrypted value; twice the same value gives two different texts."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, value.encode("utf-8"), b"contact")

    def unlock(self, cipher: bytes) -> str:
        """The value again; ``cryptography.exceptions.InvalidTag`` when key or text were altered."""
        return self._cipher.decrypt(cipher[:_NONCE_BYTES], cipher[_NONCE_BYTES:], b"contact").decode("utf-8")

    def fingerprint(self, kind: str, value: str) -> str:
        """The keyed digest that is equal for equal values; useless without the key."""
        return hmac.new(self._finder, f"{kind}\x00{value}".encode(), hashlib.sha256).hexdigest()


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(secret)
