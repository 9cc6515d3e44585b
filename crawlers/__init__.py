"""GET: what a team published and how people reacted, one file a platform. Knows no database."""
