"""The labelled examples that we ship: what a head knows before a team has labelled anything."""

from __future__ import annotations

from importlib.resources import files

from nlp.heads.rows import Row

SEEDED = {"intents": ("intents-", 0), "sentiment": ("intents-", 1), "opt_out": ("optout-", 0)}
"""The heads that there are seeds for: how their files' names begin, and which column holds their labels."""
WEIGHT = 0.25
"""What a seed counts beside a team's own row: there are many of them, and none is the team's."""


def seeds(head: str) -> list[Row]:
    """The seeds of a head; none for a head that we ship none for."""
    if head not in SEEDED:
        return []
    prefix, column = SEEDED[head]
    folder = files("nlp") / "seeds"
    names = sorted(file.name for file in folder.iterdir() if file.name.startswith(prefix))
    lines = (line for name in names for line in (folder / name).read_text(encoding="utf-8").splitlines())
    cells = (line.split("\t") for line in lines if line.strip())
    return [Row(text, labels[column]) for *labels, text in cells]
