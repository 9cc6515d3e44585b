"""``python -m benchmarks contacts``: how many disguised contact details are found, and how many are invented.

2,000 disguised details (see :mod:`benchmarks.disguises`) are planted in real comments; right is the kind and the tidied
value, nothing else. What is found in 20,000 other comments counts as invented but for :data:`KNOWN`, decided by hand.
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from benchmarks import SHARED
from benchmarks.disguises import Plant, plants
from nlp.contacts import find_contacts, mask

FILES = ("xhs_travel", "xhs_shopping", "bilibili_film", "douyin_robotaxi")
PLANTED, PLAIN = 2_000, 20_000
RECALL, PRECISION = 0.98, 0.99
KNOWN = frozenset({"f05cf44ca7a28251"})
"""SHA-256 (16 digits) of the real contact details in the plain comments, seen and decided by hand."""


def comments(folder: Path) -> list[str]:
    """Every comment at hand, in a random order that is always the same."""
    paths = [*(folder / f"{name}_comments.tsv" for name in FILES), folder / "jd_service_buyer_utts.tsv"]
    texts = [line for path in paths for line in path.read_text("utf-8").splitlines() if line.strip()]
    Random(7).shuffle(texts)  # noqa: S311
    return texts


def planted(texts: Sequence[str], details: Sequence[Plant]) -> list[str]:
    """Each detail behind, in front of or on the line below a comment."""
    rng = Random(11)  # noqa: S311
    shapes = ["{0}{1}", "{0} {1}", "{0}，{1}", "{0}\n{1}", "{1} {0}", "{1}，{0}"]
    return [rng.choice(shapes).format(text, plant.text) for text, plant in zip(texts, details, strict=True)]


def digest(value: str) -> str:
    """A contact detail as this file may know it."""
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def _measure(texts: Sequence[str], details: Sequence[Plant], *, tell: bool) -> tuple[int, int]:
    """How many planted details are found, and how many others."""
    right = wrong = 0
    missed: Counter[str] = Counter()
    for text, plant in zip(texts, details, strict=True):
        found = [(one.kind, one.value) for one in find_contacts(text)]
        hit = (plant.kind, plant.value) in found
        right += hit
        wrong += len(found) - hit
        if not hit or len(found) > 1:
            missed[plant.disguise.partition(" [")[0]] += not hit
            if tell:
                print(f"  {plant.disguise}: {plant.value!r} of {text!r} as {found}")
    for disguise, count in missed.most_common(12):
        print(f"  missed {count:3} {disguise}")
    return right, wrong


def main(folder: Path = SHARED / "nlp", *, tell: bool = False) -> bool:
    """Print recall and precision; False when one is below what it must be. ``tell`` shows every error in full."""
    if not (folder / "jd_service_buyer_utts.tsv").is_file():
        print("contacts: skipped, ../shared/data/nlp is not here")
        return True
    texts, details = comments(folder), plants(PLANTED)
    right, wrong = _measure(planted(texts[:PLANTED], details), details, tell=tell)
    plain = texts[PLANTED : PLANTED + PLAIN]
    invented = [(text, one) for text in plain for one in find_contacts(text) if digest(one.value) not in KNOWN]
    for text, one in invented:
        print(f"  invented by {one.rule}: {mask(one.kind, one.value)}")
        if tell:
            print(f"    {digest(one.value)} {one.value} in {text!r}")
    recall, precision = right / len(details), right / (right + wrong + len(invented))
    print(
        f"contacts: recall {recall:.4f}, precision {precision:.4f}; {wrong} wrong, {len(invented)} of {PLAIN} invented"
    )
    return recall >= RECALL and precision >= PRECISION


if __name__ == "__main__":
    sys.exit(0 if main(tell="--tell" in sys.argv) else 1)
