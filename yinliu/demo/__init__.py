"""A bundled brand site and the tour through every stage over it."""
