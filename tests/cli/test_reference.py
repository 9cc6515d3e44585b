"""The page of commands is what the commands say of themselves, and the other pages name no command that is none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yinliu.cli.reference import reference

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("README*.md"), *ROOT.glob("yinliu/workspace/starter/*.yaml")])
WHOLE = reference()


def test_the_page_is_as_the_commands_are() -> None:
    """`python -m yinliu.cli.reference > docs/commands.md` mends it."""
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == WHOLE


def test_every_command_and_option_says_what_it_is_for() -> None:
    """In Chinese and in English."""
    assert WHOLE.count("\n## `yinliu ") > 40
    rows = [line for line in WHOLE.splitlines() if line.startswith("| `--")]
    assert [row for row in rows if not re.search(r"[\u4e00-\u9fff].*/ .*[a-z]", row)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_only_commands_that_there_are(page: Path) -> None:
    """In its code; and only options of theirs."""
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", page.read_text(encoding="utf-8"), re.DOTALL))
    lines = re.findall(r"(?:^|[`\s/])yinliu ([^`\n|;#]*)", code, re.MULTILINE)
    named = [re.sub(r"^(--\S+ \S+ )*", "", line).split()[:2] for line in lines]
    assert [words for words in named if words and words[0][0].isalpha() and not is_a_command(words)] == []
    told = {option for line in lines for option in re.findall(r"(?<!-)--[a-z][a-z-]+", line)}
    assert told - set(re.findall(r"--[a-z-]+", WHOLE)) - {"--help"} == set()


def is_a_command(words: list[str]) -> bool:
    """Whether a command, or a group with one of its commands, is named; a word that is no name may stand for any."""
    names = re.findall(r"^## `yinliu ([a-z][a-z -]*[a-z])", WHOLE, re.MULTILINE)
    return words[0] in names or " ".join(words) in names or words in ([name.split()[0]] for name in names)
