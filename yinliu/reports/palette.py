"""The few colours and fonts of the report, shared by its charts and its page."""

from __future__ import annotations

INK = "#16232f"
MUTED = "#667684"
FAINT = "#b9c4cc"
POSTS = "#7d8fa0"
COMMENTS = "#1f6f8b"
LEADS = "#e2702c"
UP = "#0b7a5c"
DOWN = "#b3432b"

# First the fonts that have Chinese; the last two are what a machine without any of them falls back to.
FONTS = '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif'
