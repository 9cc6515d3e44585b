"""DECIDE and ACT: leads, stages, exports, reports, the command line."""
