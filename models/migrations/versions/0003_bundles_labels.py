"""Labels that people give to texts, and the bundles of rules and heads that were used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        'bundle',
        sa.Column('version', sa.Text(), nullable=False),
        sa.Column('ingredients', _JSON, nullable=False),
        sa.Column('first_used_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('version', name=op.f('pk_bundle')),
    )
    op.create_table(
        'label',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('head', sa.Text(), nullable=False),
        sa.Column('comment_id', sa.Integer(), nullable=True),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('text', sa.Text(), nullable=True),
        sa.Column('label', sa.Text(), nullable=False),
        sa.Column('labelled_by', sa.Text(), nullable=False),
        sa.Column('labelled_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_label_comment_id')),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_label_post_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_label')),
        sa.UniqueConstraint('head', 'comment_id', 'labelled_by', name=op.f('uq_label_head_comment_id_labelled_by')),
        sa.UniqueConstraint('head', 'post_id', 'labelled_by', name=op.f('uq_label_head_post_id_labelled_by')),
    )
    op.create_index('ix_label_comment_id', 'label', ['comment_id'])
    op.create_index('ix_label_post_id', 'label', ['post_id'])


def downgrade() -> None:
    """Go back."""
    op.drop_table('label')
    op.drop_table('bundle')
