"""The vault: locked twice differently, found again by key alone, opened by nobody else."""

from __future__ import annotations

import base64

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from models.vault import Vault, new_key

KEY = new_key()
VAULT = Vault(KEY)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(VALUES)
def test_what_is_locked_can_be_unlocked(value: str) -> None:
    """With the same key, in another object."""
    assert Vault(KEY).unlock(VAULT.lock(value)) == value


@given(st.text("0123456789", min_size=8, max_size=11))
def test_the_text_does_not_show(value: str) -> None:
    """And two locks of one value differ."""
    first, second = VAULT.lock(value), VAULT.lock(value)
    assert first != second
    assert value.encode() not in first


def test_another_key_does_not_open_it() -> None:
    """It says so, rather than giving nonsense."""
    with pytest.raises(InvalidTag):
        Vault(new_key()).unlock(VAULT.lock("13912345678"))


@pytest.mark.parametrize("place", [0, 15, -1])
def test_an_altered_text_does_not_open(place: int) -> None:
    """One bit is enough."""
    cipher = bytearray(VAULT.lock("13912345678"))
    cipher[place] ^= 1
    with pytest.raises(InvalidTag):
        VAULT.unlock(bytes(cipher))


def test_fingerprints_are_stable_and_keyed() -> None:
    """Equal for equal values of a kind under one key, and for nothing else."""
    mark = VAULT.fingerprint("phone", "13912345678")
    assert Vault(KEY).fingerprint("phone", "13912345678") == mark
    others = (VAULT.fingerprint("qq", "13912345678"), VAULT.fingerprint("phone", "1"), VAULT.check)
    assert mark not in (*others, Vault(new_key()).fingerprint("phone", "13912345678"))


@given(VALUES, VALUES, VALUES, VALUES)
def test_kind_and_value_do_not_run_together(kind: str, value: str, other_kind: str, other: str) -> None:
    """("a", "bc") is not ("ab", "c")."""
    same = (kind, value) == (other_kind, other)
    if "\x00" not in kind + other_kind:
        assert (VAULT.fingerprint(kind, value) == VAULT.fingerprint(other_kind, other)) == same


@pytest.mark.parametrize(
    "key", ["", "short", "密钥", "a" * 43, base64.b64encode(b"x" * 31).decode(), base64.b64encode(b"x" * 33).decode()]
)
def test_what_is_no_key_is_refused(key: str) -> None:
    """By its form or its length; the message does not repeat it."""
    with pytest.raises(ValueError, match="the key") as caught:
        Vault(key)
    assert not key or key not in str(caught.value)


def test_a_key_may_have_a_line_end() -> None:
    """As files do."""
    assert Vault(f"{KEY}\n").check == VAULT.check


def test_keys_differ() -> None:
    """Each new one."""
    assert len({new_key() for _ in range(50)}) == 50


def test_links_are_signed_by_a_key_of_their_own() -> None:
    """The same for the same secret, another for another; it is not what opens or finds contacts."""
    key = VAULT.links_key
    assert (len(key), key) == (32, Vault(f"{KEY}\n").links_key)
    assert key not in (Vault(new_key()).links_key, base64.urlsafe_b64decode(KEY), VAULT._finder)
