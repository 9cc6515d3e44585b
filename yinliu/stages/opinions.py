"""Beside a head of intents: the opinion of a sentence encoder, trained on the same rows."""

from __future__ import annotations

from pathlib import Path

from nlp.encoders.encoder import Encoder
from nlp.encoders.learning import Lessons, learn
from nlp.encoders.memory import Remembering
from nlp.encoders.opinion import Opinion
from nlp.encoders.store import save
from yinliu.stages.material import Material
from yinliu.stages.train import Learnt, taught
from yinliu.understanding import OPINION


def train_opinion(material: Material, learnt: Learnt, *, encoder: Encoder, folder: Path) -> Opinion:
    """Train and write the opinion that stands beside a head that was just trained on this material."""
    rows, weights, counted = taught(material)
    lessons = Lessons(
        vectors=Remembering(encoder, most=0).encode([row.text for row in rows]),
        labels=[row.label for row in rows],
        head=learnt.trained.head.probabilities(learnt.trained.unseen),
        weights=weights,
        judged=counted,
    )
    about = {"rows": len(material.rows), "seeds": len(material.seeds), "encoder_version": encoder.version}
    opinion = learn(lessons, encoder=encoder, about=about)
    save(opinion, folder / OPINION)
    return opinion
