"""What a head learns, how sure it is, and which recipe is chosen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from nlp.grams import ORDERS, grams_of
from nlp.heads.calibration import fit_temperature
from nlp.heads.machine import Machine, Recipe, Rows, fit, unseen_scores
from nlp.heads.training import Examples, Trained, chosen, train
from nlp.normal import batch
from tests.nlp.heads.conftest import examples, made_rows, no_flags, said


def test_a_head_reads_what_it_has_not_seen(trained: Trained) -> None:
    """Words it knows, in texts that are new."""
    assert said(trained.head, ["雨伞多少钱", "雨伞怎么进群", "雨伞真好看"]) == ["price", "join", "chat"]


def test_every_row_was_unseen_when_its_scores_were_made(trained: Trained) -> None:
    """(texts, labels), finite, and the probabilities of each row sum to 1."""
    assert trained.unseen.shape == (150, 3)
    shares = trained.head.probabilities(trained.unseen)
    assert np.allclose(shares.sum(axis=1), 1, atol=1e-5)


def test_training_twice_gives_the_same_head() -> None:
    """Nothing is left to chance."""
    texts, labels, _ = made_rows(60)
    one, two = (train(examples(texts, labels)).head for _ in range(2))
    assert one.digest == two.digest


@pytest.mark.parametrize("labels", [["a", "a", "a"], ["a", "a", "b"], []])
def test_too_few_rows_of_a_label_are_refused(labels: list[str]) -> None:
    """One to learn from and one to test with, of two labels at least."""
    with pytest.raises(ValueError, match="rows"):
        train(examples(["文"] * len(labels), labels))


def test_two_rows_of_each_label_are_enough() -> None:
    """The smallest set there can be, by the plain recipe and by a chosen one."""
    made = examples(["多少钱", "什么价钱", "怎么进群", "求进群"], ["price", "price", "join", "join"])
    assert chosen(made).filtered is False
    assert said(train(made, recipe=chosen(made)).head, ["多少钱", "求进群"]) == ["price", "join"]


@pytest.mark.parametrize("text", ["", " ", "🙂🙂", "\ud800", "\x00", "hello world", "。" * 100_000])
def test_any_text_gets_probabilities(trained: Trained, text: str) -> None:
    """Nothing that people write breaks a head."""
    head = trained.head
    shares = head.probabilities(head.scores(grams_of(batch([text])), no_flags(1)))
    assert np.isfinite(shares).all()


def test_an_unknown_language_makes_a_head_unsure(trained: Trained) -> None:
    """What it does not know counts in the norm: one known sign in a strange text does not decide."""
    head = trained.head
    texts = ["价", "gbqvxz wjrhkf lpmndc sytoie 价 qqwrtp zxvbnm"]
    scores = head.scores(grams_of(batch(texts)), no_flags(2)) - head.bias
    assert np.abs(scores[1]).max() < np.abs(scores[0]).max() / 2


@pytest.mark.parametrize("orders", range(1, ORDERS + 1))
def test_a_head_scores_its_training_rows_as_the_machine_does(orders: int) -> None:
    """The way from the machine's weights to the head's rows loses nothing, whatever the n-grams' length."""
    texts, labels, _ = made_rows(80)
    made = examples(texts, labels)
    from nlp.heads.space import Space

    space = Space(made.grams, made.flags, orders=orders)
    numbers = np.unique(labels, return_inverse=True)[1]
    machine = fit(Rows(space.matrix, numbers, np.ones(80), 3), Recipe(orders=orders))
    head = train(made, recipe=Recipe(orders=orders)).head
    assert np.allclose(head.scores(made.grams, made.flags), machine.scores(space.matrix), atol=1e-3)


def test_rule_flags_weigh_beside_ngrams() -> None:
    """Where texts say nothing, the flag decides."""
    texts = [f"{number}" for number in range(40)]
    labels = ["yes" if number % 2 else "no" for number in range(40)]
    flags = sparse.csr_matrix(np.array([[number % 2] for number in range(40)], np.float32))
    head = train(Examples(grams=grams_of(batch(texts)), flags=flags, flag_names=("rule",), labels=labels)).head
    scores = head.scores(grams_of(batch(["甲", "甲"])), sparse.csr_matrix(np.array([[0], [1]], np.float32)))
    assert [head.labels[one] for one in scores.argmax(axis=1)] == ["no", "yes"]
    assert head.flag_weights("yes")["rule"] > 0 > head.flag_weights("no")["rule"]


def test_rows_that_do_not_count_do_not_set_the_temperature() -> None:
    """Ours may be easier than the team's: how sure a head is must not come from ours."""
    texts, labels, real = made_rows(200, wrong=0.5)
    easy = np.array([one == other for one, other in zip(labels, real, strict=True)])
    both = train(examples(texts, labels)).head.temperature
    assert train(examples(texts, labels, counted=easy)).head.temperature > both


def test_a_teams_own_way_of_speaking_is_learnt() -> None:
    """Where others say it of something else, the team's few rows count; what only others say is still known."""
    ours, theirs = ["收到", "等货"] * 10, ["收到", "等货", "谢谢"] * 100
    labels = ["yes", "no"] * 10 + ["no", "yes", "no"] * 100
    own = np.arange(len(labels)) < len(ours)
    weights = np.where(own, 1.0, 0.25)
    team = train(examples([*ours, *theirs], labels, own=own, weights=weights)).head
    everybody = train(examples([*ours, *theirs], labels, weights=weights)).head
    assert said(team, ["收到", "等货", "谢谢"]) == ["yes", "no", "no"]
    assert said(everybody, ["收到", "等货", "谢谢"]) == ["no", "yes", "no"]


@pytest.mark.parametrize("own", [None, [True] * 4, [False] * 4])
def test_rows_that_are_all_alike_stand_once(own: list[bool] | None) -> None:
    """All the team's, or none: the same machine."""
    matrix, numbers = sparse.csr_matrix(np.eye(4)), np.array([0, 0, 1, 1])
    marked = None if own is None else np.array(own)
    rows = Rows(matrix, numbers, np.ones(4), 2, marked)
    assert rows.doubled is matrix
    assert np.array_equal(fit(rows, Recipe()).weights, fit(Rows(matrix, numbers, np.ones(4), 2), Recipe()).weights)


@pytest.mark.parametrize("labels", [2, 3])
def test_a_machine_adds_up_what_it_learnt_twice(labels: int) -> None:
    """It reads a matrix of the columns as they were, the team's row as the team means it."""
    matrix = sparse.csr_matrix(np.eye(3)[[0, 0, 1, 1, 2, 2, 0, 0, 0]])
    numbers = np.minimum([0, 0, 1, 1, 2, 2, 1, 1, 1], labels - 1)
    machine = fit(Rows(matrix, numbers, np.ones(9), labels, np.arange(9) > 5), Recipe(cost=10.0))
    assert machine.weights.shape == (labels, 3)
    assert machine.scores(matrix[[0, 2]]).argmax(axis=1).tolist() == [1, 1]


def test_a_fold_without_a_label_never_says_it() -> None:
    """A label whose only row is held out gets the lowest score, not a crash."""
    matrix = sparse.csr_matrix(np.eye(5))
    rows = Rows(matrix, np.array([0, 0, 1, 1, 2]), np.ones(5), 3)
    scores = unseen_scores(rows, Recipe(), folds=5)
    assert scores[4].argmax() != 2


def test_one_label_left_is_said_always() -> None:
    """A part of rows with one label still makes a machine."""
    machine: Machine = fit(Rows(sparse.csr_matrix(np.eye(2)), np.array([1, 1]), np.ones(2), 3), Recipe())
    assert machine.scores(sparse.csr_matrix(np.eye(2))).argmax(axis=1).tolist() == [1, 1]


def test_a_clean_set_is_learnt_whole() -> None:
    """The filter is not chosen where it does not help."""
    texts, labels, _ = made_rows(300)
    assert chosen(examples(texts, labels)).filtered is False


def test_the_filter_is_never_chosen_where_it_is_not_wanted() -> None:
    """With ``--keep-disputed`` no row is left out, however many labels are wrong."""
    texts, labels, _ = made_rows(300, wrong=0.4)
    assert chosen(examples(texts, labels), may_filter=False).filtered is False


def test_wrong_labels_do_not_make_a_head_unsure() -> None:
    """With labels known to be partly wrong, the temperature is nearer to that of the right ones."""
    draw = np.random.default_rng(5)
    real = draw.integers(0, 4, 4000)
    scores = np.eye(4, dtype=np.float32)[real] * 2 + draw.normal(0, 0.5, (4000, 4)).astype(np.float32)
    wrong = np.where(draw.random(4000) < 0.3, draw.integers(0, 4, 4000), real)
    true = fit_temperature(scores, real)
    assert fit_temperature(scores, wrong) < 0.6 * true < fit_temperature(scores, wrong, doubted=True) < 2 * true
