"""Every error yinliu raises on purpose, named by what the caller must do.

::

    YinliuError
    ├── Misconfigured   exit 2   mend the file, option or variable that is named
    ├── RetryLater      exit 3   run the same command again later
    ├── ActionNeeded    exit 4   will not work until somebody acts
    └── NothingToDo     exit 99  there was no work; not a failure

The message is a :class:`~yinliu.language.Text`: it names the file or URL, the value, the limit and the next step.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from yinliu.language import Text


class YinliuError(Exception):
    """The root: a message for a person, a code for a program, an exit code for a shell."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: Text, *, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


class Misconfigured(YinliuError):
    """A file, an option or a variable is wrong: mend what the message names."""

    exit_code = 2


class RetryLater(YinliuError):
    """Something passing is in the way (a site is down, a lock is held): run the same again later."""

    exit_code = 3


class ActionNeeded(YinliuError):
    """It will not work until somebody acts: a login, a permission, an upgrade."""

    exit_code = 4


class NothingToDo(YinliuError):
    """There was no work left; schedulers read this as "skipped"."""

    exit_code = 99


def gravest(errors: Iterable[YinliuError]) -> YinliuError:
    """Of several errors the one to end with (what needs somebody before what only needs time), with all messages."""
    told = {error.message: error for error in errors}
    worst = max(told.values(), key=lambda error: error.exit_code)
    message = Text("\n".join(text.zh for text in told), "\n".join(text.en for text in told))
    return type(worst)(message, code=worst.code)
