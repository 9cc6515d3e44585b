"""``python -m benchmarks quality``: how well heads read real rows that they have not seen.

Trained here, by what ``yinliu train`` runs: topics of news titles (THUCNews, ten of them), what 118 kinds of buyers'
messages want (CIC, noisy by design, so without a limit), and the intents of leads, five times on four fifths. Not
trained here: the intents and sentiments that we ship, and the starter's rules alone. Rows with a second label teach and
are never judged.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

from benchmarks import SHARED
from models.repositories.labels import Labelled
from nlp.bundle import Bundle
from nlp.encoders.choice import encoder_of
from nlp.encoders.encoder import Encoder
from nlp.encoders.memory import Remembering
from nlp.heads.answers import Probabilities, probabilities_of
from nlp.heads.evaluation import Figures, evaluate
from nlp.heads.flags import no_flags
from nlp.heads.head import Floats
from nlp.heads.kinds import load_head
from nlp.heads.rows import Row
from nlp.heads.seeds import seeds
from nlp.normal import comparable
from nlp.optout import LABEL as OPT_OUT
from yinliu.stages.evaluate import evaluate_rows
from yinliu.stages.material import gather, read_file
from yinliu.stages.opinions import train_opinion
from yinliu.stages.train import train_head
from yinliu.understanding import bundle_of, rules_of, starter, trained
from yinliu.workspace.folder import Workspace, write_starter

NEWS_ACCURACY, NEWS_CALIBRATION = 0.905, 0.03
SHIPPED_MACRO, SHIPPED_LEAD = 0.64, 0.74
FOLDS_MACRO, FOLDS_LEAD = 0.78, 0.86
FEELINGS = ("eprstmt_sentiment", "waimai_10k", "weibo_senti_2400", "online_shopping_10_cats")
FOLDS = 5
OTHER = "chat_other"
ENCODER = "use"
LEADS = "lead_intent.tsv"
TRIAL = Path(__file__).resolve().parent.parent / "tests" / "nlp" / "optout_trial.tsv"
OPT_OUT_RECALL, OPT_OUT_TAKEN = 0.93, 0.03
_SEED = 7
_AT_ONCE = 4096
_REMEMBERED = 50_000


def told(name: str, value: float, *, least: float | None = None, most: float | None = None) -> bool:
    """Print a figure and its limit; whether it is kept."""
    kept = (least is None or value >= least) and (most is None or value <= most)
    limit = "" if least is None else f"   at least {least}"
    limit += "" if most is None else f"   at most {most}"
    print(f"{name:58} {value:.4f}{limit}{'' if kept else '   MISSED'}", flush=True)
    return kept


def learnt(name: str, file: Path) -> Probabilities:
    """What a head says that was trained on a table, without seeds and rules."""
    material = gather([file], labelled=Labelled([], 0), seeds=[])
    with tempfile.TemporaryDirectory() as folder:
        train_head(material, name=name, target=Path(folder) / name, now=datetime.now(UTC))
        return probabilities_of(load_head(Path(folder) / name), no_flags)


def news(folder: Path) -> bool:
    """Topics of news titles."""
    answers = learnt("topics", folder / "thucnews10_train_part.tsv")
    figures = evaluate_rows(read_file(folder / "thucnews10_dev.tsv").rows, answers, worst=0).figures
    right = told("THUCNews-10 dev: accuracy", figures.accuracy, least=NEWS_ACCURACY)
    return told("THUCNews-10 dev: calibration error", figures.calibration_error, most=NEWS_CALIBRATION) and right


def messages(folder: Path) -> bool:
    """Kinds of buyers' messages, against labels of which many are wrong."""
    answers = learnt("messages", folder / "cic_intent118_train.tsv")
    figures = evaluate_rows(read_file(folder / "cic_intent118_dev.tsv").rows, answers, worst=0).figures
    return all([told("CIC-118 noisy dev: accuracy", figures.accuracy), told("... macro-F1", figures.macro_f1)])


def whole_reading(bundle: Bundle) -> Probabilities:
    """What all that reads intents says: rules, guards and head."""
    return lambda texts: bundle.judge.probabilities(bundle.read(texts).weighed, other=OTHER)


def leads(name: str, figures: Figures, *, macro: float | None = None, lead: float | None = None) -> bool:
    """The three figures of lead intents."""
    kept = [
        told(f"{name}: macro-F1", figures.macro_f1, least=macro),
        told("... lead F1", figures.lead_f1 or 0.0, least=lead),
        told("... accuracy", figures.accuracy),
        told("... calibration error", figures.calibration_error),
    ]
    return all(kept)


def shipped(folder: Path) -> bool:
    """What we ship, without a row of the team's; the same without its head; the same without texts of our seeds."""
    table, bundle = read_file(folder / LEADS), bundle_of(starter())
    figures = evaluate_rows(table.rows, whole_reading(bundle), worst=0).figures
    kept = leads(f"lead intents, shipped, {len(table.rows)} rows", figures, macro=SHIPPED_MACRO, lead=SHIPPED_LEAD)
    ours = {_key(row) for row in seeds("intents")}
    others = [row for row in table.rows if _key(row) not in ours]
    told("... share of the rows whose text is one of our seeds", 1 - len(others) / len(table.rows))
    leads(f"... without these, {len(others)} rows", evaluate_rows(others, whole_reading(bundle), worst=0).figures)
    policy = bundle.spec.intents.model_copy(update={"head": "none"})
    rules = Bundle(bundle.spec.model_copy(update={"intents": policy}), {})
    leads("lead intents, the starter's rules alone", evaluate_rows(table.rows, whole_reading(rules), worst=0).figures)
    return kept


def folds(folder: Path) -> bool:
    """Lead intents, each fifth of the rows read by a team's head of the others, our seeds and the undecided rows.

    With the opinion of an encoder, which `yinliu train` trains beside the head, where that is installed.
    """
    rows, encoder = read_file(folder / LEADS).rows, installed()
    choices = ("none",) if encoder is None else ("none", encoder.name)
    truth: list[str] = []
    parts: dict[str, list[Floats]] = {choice: [] for choice in choices}
    for others, those in _parted(rows):
        print(f"    a fold: {len(others)} rows teach, {len(those)} are read", flush=True)
        truth += [row.label for row in those]
        with tempfile.TemporaryDirectory() as made:
            labels = _read_by(Path(made), folder / LEADS, those, parts, encoder=encoder)
    name = f"lead intents, {FOLDS} folds, {len(rows)} rows"
    kept = False
    for choice in choices:
        figures = evaluate(truth, labels, np.concatenate(parts[choice]), worst=0)
        kept = leads(f"{name}, encoder {choice}", figures, macro=FOLDS_MACRO, lead=FOLDS_LEAD) or kept
    return kept


def installed() -> Encoder | None:
    """The encoder that `yinliu train` takes, remembering what it has read; None where it is not installed."""
    try:
        found = encoder_of(ENCODER, workspace=Path())
    except ValueError as error:
        print(f"    without the encoder: {error}")
        return None
    return None if found is None else Remembering(found, most=_REMEMBERED)


def _parted(rows: Sequence[Row]) -> Iterator[tuple[list[Row], list[Row]]]:
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=_SEED)
    for others, those in splitter.split(rows, [row.label for row in rows]):
        yield [rows[one] for one in others], [rows[one] for one in those]


def _read_by(
    made: Path, file: Path, asked: Sequence[Row], parts: dict[str, list[Floats]], *, encoder: Encoder | None
) -> tuple[str, ...]:
    """Teach a new workspace and let it read, by each choice of an encoder; gives the labels."""
    write_starter(made)
    teach(made, file, asked, encoder=encoder)
    labels: tuple[str, ...] = ()
    for choice, found in parts.items():
        labels, shares = whole_reading(bundle_of(Workspace(made), encoder=choice))([row.text for row in asked])
        found.append(shares)
    return labels


def teach(folder: Path, file: Path, asked: Sequence[Row], *, encoder: Encoder | None) -> None:
    """Train a workspace's head on a table without the texts that will be asked, which are no seeds either."""
    hidden, workspace = {_key(row) for row in asked}, Workspace(folder)
    table = folder / file.name
    table.write_text(_without(file, hidden), encoding="utf-8")
    known = [row for row in seeds("intents") if _key(row) not in hidden]
    material = gather([table], labelled=Labelled([], 0), seeds=known)
    target, flags_of = trained(workspace, "intents"), rules_of(workspace).flags
    learnt = train_head(material, name="intents", target=target, now=datetime.now(UTC), flags_of=flags_of)
    if encoder is not None:
        train_opinion(material, learnt, encoder=encoder, folder=target)


def _without(file: Path, hidden: set[str]) -> str:
    """A table, header and second labels and all, without some texts, which stand in its last column."""
    header, *lines = file.read_text(encoding="utf-8").split("\n")
    kept = (line for line in lines if comparable(line.rpartition("\t")[2]).strip() not in hidden)
    return "\n".join((header, *kept))


def _key(row: Row) -> str:
    return comparable(row.text).strip()


def feelings(folder: Path) -> bool:
    """The shipped sentiments of reviews and posts that are good or bad: which of the two is likelier."""
    bundle = bundle_of(starter())
    labels = bundle.heads["sentiment"].labels
    for name in FEELINGS:
        rows = read_file(folder / f"{name}.tsv").rows
        texts = [row.text for row in rows]
        starts = range(0, len(texts), _AT_ONCE)
        shares = np.concatenate([bundle.read(texts[start : start + _AT_ONCE]).sentiments for start in starts])
        good = shares[:, labels.index("pos")] > shares[:, labels.index("neg")]
        true = np.array([row.label.rpartition("|")[2].lower().startswith("pos") for row in rows])
        told(f"sentiment, shipped, {name}, {len(rows)} rows: accuracy", float((good == true).mean()))
    return True


def opt_outs(_folder: Path) -> bool:
    """Requests not to be contacted, and near misses, that somebody else wrote who had seen none of ours."""
    rows = read_file(TRIAL).rows
    said = np.array([OPT_OUT in one.labels("guard") for one in bundle_of(starter()).read([row.text for row in rows])])
    true = np.array([row.label == OPT_OUT for row in rows])
    kept = told(f"opt-outs in words, {true.sum()} requests: recall", float(said[true].mean()), least=OPT_OUT_RECALL)
    return told(f"... {(~true).sum()} near misses: taken", float(said[~true].mean()), most=OPT_OUT_TAKEN) and kept


def main(folder: Path = SHARED / "nlp") -> bool:
    """Print every figure; False when one is not what it must be."""
    if not (folder / LEADS).is_file():
        print("quality: skipped, ../shared/data/nlp is not here")
        return True
    parts: tuple[Callable[[Path], bool], ...] = (shipped, opt_outs, feelings, news, messages, folds)
    kept = []
    for part in parts:
        began = time.perf_counter()
        kept.append(part(folder))
        print(f"    {part.__name__}: {time.perf_counter() - began:.0f} s", flush=True)
    return all(kept)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
