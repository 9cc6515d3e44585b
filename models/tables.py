"""Every table, so that the metadata is whole wherever this module was imported."""

from models import content, labels, links, onboarding, people, runs
from models.base import Base

metadata = Base.metadata
"""All tables of yinliu."""

__all__ = ["Base", "content", "labels", "links", "metadata", "onboarding", "people", "runs"]
