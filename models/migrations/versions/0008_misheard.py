"""Comments that were taken for opt-outs and are none, and what was taken back of opt-outs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)
_FOLLOWED = """
    WITH RECURSIVE own AS (
        SELECT comment.account_id, contact.value_hmac FROM contact JOIN comment ON comment.id = contact.comment_id
        JOIN suppression ON suppression.account_id = comment.account_id
        WHERE contact.rule NOT IN ('qq-group', 'landline', 'service-number')
        AND contact.value_hmac NOT IN (SELECT value_hmac FROM team_contact)
    ), asked AS (
        SELECT account_id FROM suppression WHERE comment_id IS NULL
        OR NOT EXISTS (SELECT 1 FROM contact WHERE contact.comment_id = suppression.comment_id)
        OR EXISTS (SELECT 1 FROM tag WHERE tag.comment_id = suppression.comment_id
            AND tag.kind = 'guard' AND tag.label = 'opt_out')
    ), held AS (
        SELECT account_id FROM asked
        UNION
        SELECT their.account_id FROM held JOIN own AS mine ON mine.account_id = held.account_id
        JOIN own AS their ON their.value_hmac = mine.value_hmac
    )
    UPDATE suppression SET said = false
    WHERE account_id IN (SELECT account_id FROM held) AND account_id NOT IN (SELECT account_id FROM asked)
"""
"""Of whom only a contact said so: their comment left one and does not ask, and somebody who did ask is found by it.

A comment that shares its contact with nobody who asked was edited or read otherwise since: it did ask.
"""


def upgrade() -> None:
    """Go to this revision; of whom it was said only by a contact, that is known now."""
    with op.batch_alter_table("suppression") as batch:
        batch.add_column(sa.Column("said", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute(_FOLLOWED)
    op.create_table(
        "misheard",
        sa.Column("comment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("happened_at", _WHEN, nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_misheard_comment_id")),
        sa.PrimaryKeyConstraint("comment_id", name=op.f("pk_misheard")),
    )
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("said", sa.Boolean(), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_why", sa.Text(), nullable=False),
        sa.Column("said_at", _WHEN, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("happened_at", _WHEN, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_withdrawal_account_id")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_withdrawal_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    op.create_index("ix_withdrawal_account_id", "withdrawal", ["account_id"])


def downgrade() -> None:
    """Go back; the older release takes a misheard comment for an opt-out when it is read again."""
    op.drop_table("withdrawal")
    op.drop_table("misheard")
    with op.batch_alter_table("suppression") as batch:
        batch.drop_column("said")
