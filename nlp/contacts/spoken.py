"""Mobile numbers without digits: by their sound (依三吧), in pinyin (yao san ba), and letters for digits (l38OO…)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.contacts.numbering import is_mobile
from nlp.contacts.views import Views
from nlp.tags import Contact

_SOUNDS = re.compile(r"(?<![0-9])1[ \x01]{0,2}[3-9](?:[ \x01]{0,2}[0-9]){9}")
_WORDS = {
    "yi": "1", "yao": "1", "er": "2", "liang": "2", "san": "3", "si": "4", "wu": "5", "liu": "6", "qi": "7",
    "ba": "8", "jiu": "9", "ling": "0", "dong": "0", "guai": "7", "gou": "9",
}  # fmt: skip
_WORD = "|".join(_WORDS)
_SPELLED = re.compile(rf"(?:(?<![a-z])|(?<=tel)|(?<=call))(?:yi|yao)(?:[ \x01.,\-]{{0,2}}(?:{_WORD})){{10}}(?![a-z])")
_ONE_WORD = re.compile(_WORD)
_LETTERS = re.compile(r"(?<![a-z0-9])[1li](?:[ \-.\x01]{0,2}[0-9oli]){10}(?![a-z0-9@_])")
_AS_DIGIT = str.maketrans("oli", "011")
_VARIED, _WRITTEN = 4, 3


def find_lettered(views: Views) -> Iterator[Contact]:
    """Numbers with ``o`` and ``l`` among their digits."""
    for found in _LETTERS.finditer(views.plain):
        value = re.sub(r"[ \-.\x01]", "", found[0])
        tidy = value.translate(_AS_DIGIT)
        if sum(map(str.isdigit, value)) >= _WRITTEN and value != tidy and is_mobile(tidy):
            yield Contact("phone", tidy, found.start(), found.end(), "phone-letters")


def find_sounded(views: Views) -> Iterator[Contact]:
    """Numbers by characters that sound like digits."""
    for found in _SOUNDS.finditer(views.sounds):
        tidy = re.sub(r"[ \x01]", "", found[0])
        written = views.plain[found.start() : found.end()]
        varied = len(set(written)) > _VARIED
        if is_mobile(tidy) and varied and written != found[0]:
            yield Contact("phone", tidy, found.start(), found.end(), "phone-sound")


def find_spelled(views: Views) -> Iterator[Contact]:
    """Numbers in pinyin."""
    for found in _SPELLED.finditer(views.plain):
        tidy = "".join(_WORDS[word] for word in _ONE_WORD.findall(found[0]))
        if is_mobile(tidy):
            yield Contact("phone", tidy, found.start(), found.end(), "phone-pinyin")
