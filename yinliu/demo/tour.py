"""The workspace of the demo: written anew over each tour, so that every tour begins with nothing."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from yinliu.errors import Misconfigured
from yinliu.language import Text
from yinliu.workspace.folder import write_starter

MARK = ".yinliu-demo"
"""The file by which a folder is known to be the demo's own."""

_OWN_FILES = ("sources.yaml", "topics.yaml", "communities.yaml", "yinliu.yaml")


def write_demo_workspace(folder: Path, *, base: str, render: bool) -> None:
    """Write the demo's workspace for the site at ``base``; without ``render`` the JavaScript part is left out.

    A folder with files in it that is not the demo's own is refused, never emptied.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        text = Text(
            f"目录 {folder} 里已有别的文件，演示不会动它。请用 --folder 换一个目录。",
            f"{folder} holds other files, the demo leaves them alone. Name another one with --folder.",
        )
        raise Misconfigured(text, code="folder_taken")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("yinliu demo\n", encoding="utf-8")
    for name in _OWN_FILES:
        text_ = (files("yinliu.demo") / "workspace" / name).read_text(encoding="utf-8")
        (folder / name).write_text(_fitted(text_, base=base, render=render), encoding="utf-8")
    write_starter(folder)


def _fitted(text: str, *, base: str, render: bool) -> str:
    whole = text if render else text.partition("  - name: club")[0]
    return whole.replace("BASE", base)
