"""The spaCy door: a ``Language`` built from ``config.cfg`` around a bundle, for rich use and a team's own components.

``spacy.load(folder)`` opens what ``language.to_disk(folder)`` saved; the tokenizer and the component register
themselves as entry points.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import spacy
from spacy.language import Language
from thinc.api import Config

from nlp import components, tokenizer
from nlp.bundle import Bundle

_REGISTERED = (components, tokenizer)


def build_pipeline(bundle: Bundle) -> Language:
    """The pipeline that reads with a bundle; further components may be added to it."""
    config = Config().from_str((files("nlp") / "config.cfg").read_text(encoding="utf-8"))
    language: Any = spacy.util.load_model_from_config(config, auto_fill=True, validate=True)
    language.tokenizer.segmenter = bundle.segmenter
    language.get_pipe("yinliu").take(bundle)
    return language  # type: ignore[no-any-return]
