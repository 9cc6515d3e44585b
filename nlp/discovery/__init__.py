"""New words of a week: found by how characters hold together, rising against the weeks before."""

from nlp.discovery.stream import Saying
from nlp.discovery.terms import Term, discover

__all__ = ["Saying", "Term", "discover"]
