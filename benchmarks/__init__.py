"""Figures: how fast, how right, how safe; run by ``make bench``."""

from pathlib import Path

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
"""Real Chinese texts and pages beside the repository; what measures with them is skipped where they are not."""
