"""deliver: the week's report where the team looks for it, ``reports/latest.html``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from yinliu.errors import ActionNeeded
from yinliu.language import Language, Text
from yinliu.reports.week import Week
from yinliu.stages.counts import Begin, now


def deliver(begin: Begin, *, week: Week, folder: Path, language: Language) -> Path:
    """Copy the report to its lasting name, whole; :class:`ActionNeeded` when the week has none."""
    with begin() as work:
        found = work.runs.report(year=week.year, week=week.week, edition=f"weekly-{language}")
        if found is None or not (folder / found.file).exists():
            text = Text(
                f"{week.label} 还没有周报。先运行 yinliu report --week {week.label}",
                f"there is no report of {week.label}. Run `yinliu report --week {week.label}` first.",
            )
            raise ActionNeeded(text, code="no_report")
        latest = folder / ("latest.html" if language == "zh" else "latest-en.html")
        part = folder / f".latest.{os.getpid()}.part"
        shutil.copyfile(folder / found.file, part)
        part.replace(latest)
        found.delivered_at = now()
        work.commit()
    return latest
