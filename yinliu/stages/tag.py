"""tag: topics, intents, places and contacts of everything that this version of the rules did not read yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from models.repositories.tags import TextRow
from models.unit_of_work import UnitOfWork
from models.vault import Vault
from nlp.contacts import mask
from nlp.tags import Contact, Tag, Tagging, TagKind
from yinliu.stages.adopt import adopt
from yinliu.stages.counts import Begin, Counts, Progress, silent

if TYPE_CHECKING:
    from nlp.tagger import Tagger  # takes a second to import

BATCH = 500
"""Texts in one transaction."""

_OF_POSTS: frozenset[TagKind] = frozenset(("topic", "keyword", "place", "brand", "product", "competitor"))
"""What a post is tagged with; who wants what is a matter of comments."""

_Step = Callable[[UnitOfWork], tuple[int, Counts]]


def tag(begin: Begin, *, tagger: Tagger, vault: Vault, progress: Progress = silent) -> Counts:
    """Tag until nothing is left; each batch replaces the tags of its texts in one transaction.

    What an older bundle tagged and the change since cannot touch is ``kept``.
    """
    kept = adopt(begin, tagger=tagger)
    posts = _until_done(begin, lambda work: _posts(work, tagger, vault), progress)
    comments = _until_done(begin, lambda work: _comments(work, tagger, vault), progress)
    done = {name: posts.get(name, 0) + comments.get(name, 0) for name in ("posts", "comments", "tags", "contacts")}
    return {**done, **kept}


def _until_done(begin: Begin, step: _Step, progress: Progress) -> Counts:
    totals: Counts = {}
    while True:
        with begin() as work:
            size, counts = step(work)
            work.commit()
        if not size:
            return totals
        totals = {name: totals.get(name, 0) + count for name, count in counts.items()}
        progress(size)


def _posts(work: UnitOfWork, tagger: Tagger, vault: Vault) -> tuple[int, Counts]:
    rows = work.tags.untagged_posts(tagger.version, limit=BATCH)
    if not rows:
        return 0, {}
    tagged = _tagged(tagger, rows)
    tags = [_tag_row(tag, post_id=key) for key, found in tagged for tag in found.tags if tag.kind in _OF_POSTS]
    contacts = {(key, _digest(contact, vault)) for key, found in tagged for contact in found.contacts}
    keys = [row.id for row in rows]
    work.tags.keep_post_tags(keys, _stamped(tags, tagger), sorted(contacts), version=tagger.version)
    return len(rows), {"posts": len(rows), "tags": len(tags)}


def _comments(work: UnitOfWork, tagger: Tagger, vault: Vault) -> tuple[int, Counts]:
    rows = work.tags.untagged_comments(tagger.version, limit=BATCH)
    if not rows:
        return 0, {}
    tagged = _tagged(tagger, rows)
    tags = [_tag_row(tag, comment_id=key) for key, found in tagged for tag in found.tags]
    contacts = [_contact_row(found, key, vault) for key, tagging in tagged for found in _each_once(tagging.contacts)]
    work.tags.keep_comment_tags([row.id for row in rows], _stamped(tags, tagger), contacts, version=tagger.version)
    return len(rows), {"comments": len(rows), "tags": len(tags), "contacts": len(contacts)}


def _tagged(tagger: Tagger, rows: Sequence[TextRow]) -> list[tuple[int, Tagging]]:
    from nlp.tagger import Said

    said = (Said(row.text, row.answers, row.at) for row in rows)
    return list(zip((row.id for row in rows), tagger.tag(said), strict=True))


def _stamped(tags: list[dict[str, Any]], tagger: Tagger) -> list[dict[str, Any]]:
    return [{**row, "version": tagger.version} for row in tags]


def _tag_row(tag: Tag, *, post_id: int | None = None, comment_id: int | None = None) -> dict[str, Any]:
    evidence = [asdict(one) for one in tag.evidence]
    return {
        "post_id": post_id,
        "comment_id": comment_id,
        "kind": tag.kind,
        "label": tag.label,
        "weight": tag.weight,
        "evidence": evidence,
    }


def _each_once(contacts: Sequence[Contact]) -> list[Contact]:
    return list({(contact.kind, contact.value): contact for contact in reversed(contacts)}.values())


def _contact_row(contact: Contact, comment: int, vault: Vault) -> dict[str, Any]:
    return {
        "comment_id": comment,
        "kind": contact.kind,
        "value_cipher": vault.lock(contact.value),
        "value_hmac": _digest(contact, vault),
        "masked": mask(contact.kind, contact.value),
        "start": contact.start,
        "end": contact.end,
        "rule": contact.rule,
    }


def _digest(contact: Contact, vault: Vault) -> str:
    return vault.fingerprint(contact.kind, contact.value.lower())
