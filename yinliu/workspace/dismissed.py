"""Terms that nobody wants suggested again: ``data/dismissed.txt``, one a line, which people may edit."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from nlp.normal import comparable
from yinliu.errors import Misconfigured
from yinliu.language import Text

FILE = "dismissed.txt"


def dismissed(data: Path) -> list[str]:
    """The terms, in comparable form; none where there is no file."""
    try:
        text = (data / FILE).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(data / FILE) from error
    lines = (comparable(line).strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def dismiss(data: Path, terms: Iterable[str]) -> list[str]:
    """Remember terms; gives those that were not there yet. The file is replaced whole."""
    known = dismissed(data)
    fresh = [term for term in dict.fromkeys(comparable(one).strip() for one in terms) if term not in known]
    path = data / FILE
    part = path.with_name(f".{FILE}.{os.getpid()}.part")
    try:
        data.mkdir(parents=True, exist_ok=True)
        old = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        separator = "" if not old or old.endswith("\n") else "\n"
        part.write_text(old + separator + "".join(f"{term}\n" for term in fresh), encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _unusable(path) from error
    return fresh


def _unusable(path: Path) -> Misconfigured:
    text = Text(
        f"{path} 无法读写，或不是 UTF-8。请检查权限与编码。", f"{path} cannot be read or written, or is not UTF-8."
    )
    return Misconfigured(text, code="unusable_file")
