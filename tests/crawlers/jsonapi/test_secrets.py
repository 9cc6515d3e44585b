"""Secrets come from the environment, by names that are meant for it, and are named but never shown."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from crawlers.jsonapi.secrets import SecretText, plain_of, secrets_of, values_of
from crawlers.problems import CrawlProblem

TEXT = TypeAdapter(SecretText)
TEXTS = {"Authorization": "Bearer ${YINLIU_SHOP}", "Accept-Version": "v5.0"}


@pytest.mark.parametrize("text", ["v5.0", "${YINLIU_A}", "${YINLIU_A}:${YINLIU_B2}", "$5 {x}"])
def test_a_reference_to_a_name_of_ours_is_allowed(text: str) -> None:
    """Names that begin with YINLIU_, in capitals."""
    assert TEXT.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("${HOME}", "${AWS_SECRET_ACCESS_KEY}", "${}", "${YINLIU_}", "${yinliu_a}", "${YINLIU_A B}", "${YINLIU_A"),
        *("${YINLIU_KEY}", "${YINLIU_DATABASE_URL}", "${YINLIU_KEY_FILE}", "a ${${YINLIU_A}}"),
    ],
)
def test_any_other_reference_is_refused_when_the_workspace_is_read(text: str) -> None:
    """No other program's secrets leave the machine, nor the ones that protect our own database."""
    with pytest.raises(ValidationError) as caught:
        TEXT.validate_python(text)
    assert caught.value.errors()[0]["type"] == "secret_name"


def test_references_are_filled_in_and_plain_texts_kept_apart() -> None:
    """What refers to nothing is no secret."""
    environment = {"YINLIU_SHOP": " s3cret\n"}
    assert secrets_of(TEXTS, environment) == {"Authorization": "Bearer s3cret"}
    assert plain_of(TEXTS) == {"Accept-Version": "v5.0"}
    assert list(values_of(TEXTS, environment)) == ["s3cret"]


@pytest.mark.parametrize("value", [None, "", "  ", "a\r\nHost: evil", "密钥", "a\x00"])
def test_what_is_missing_or_cannot_be_sent_is_named_without_its_value(value: str | None) -> None:
    """The variable's name is in the message, its value never."""
    environment = {} if value is None else {"YINLIU_SHOP": value}
    with pytest.raises(CrawlProblem) as caught:
        secrets_of(TEXTS, environment)
    assert caught.value.code == "secret_missing"
    assert "YINLIU_SHOP" in caught.value.detail
    assert "evil" not in caught.value.detail and "密钥" not in caught.value.detail
