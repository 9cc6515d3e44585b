"""UNDERSTAND: Chinese text in, tags with evidence out. Knows no database."""
