"""Sentence encoders, a second opinion where a head is unsure: chosen by a team, none by default, never the network."""
