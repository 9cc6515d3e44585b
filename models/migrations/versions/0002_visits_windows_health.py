"""Visits, snapshots by the age of a post, what is gone, and how a source's last crawl went.

Every known post gets a visit that rests: the sweep over resting posts finds them all, a few a crawl. The digest of a row's
content is made in another way from here on: a row that was stored before counts as changed once, when it is seen again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    """Go to this revision."""
    op.add_column('post', sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_post_source_published_at', 'post', ['source', 'published_at'])
    op.add_column('comment', sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True))
    op.drop_index('ix_comment_post_id', 'comment')
    op.create_index('ix_comment_post_id_published_at', 'comment', ['post_id', 'published_at'])
    _partial('ix_comment_without_post', 'comment', ['source', 'post_external_id'], 'post_id IS NULL')
    _partial(
        'ix_comment_without_parent',
        'comment',
        ['source', 'parent_external_id'],
        'parent_id IS NULL AND parent_external_id IS NOT NULL',
    )
    op.add_column('metric_snapshot', sa.Column('window', sa.Text(), nullable=True))
    op.add_column('metric_snapshot', sa.Column('regressed', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index('uq_metric_snapshot_window', 'metric_snapshot', ['post_id', 'name', 'window'], unique=True)
    _partial('ix_quarantine_open', 'quarantine', ['source', 'scope'], 'resolved_at IS NULL')
    op.add_column('source_state', sa.Column('requests', sa.Integer(), nullable=True))
    op.add_column('source_state', sa.Column('rows', sa.Integer(), nullable=True))
    op.add_column('source_state', sa.Column('errors', _JSON, nullable=True))
    op.add_column('landing_load', sa.Column('cut_at', sa.BigInteger(), nullable=True))
    _visits()


def _visits() -> None:
    op.create_table(
        'visit',
        sa.Column('post_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('source', sa.Text(), nullable=False),
        sa.Column('visited_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('newest_comment_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('comments_seen', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_visit_post_id')),
        sa.PrimaryKeyConstraint('post_id', name=op.f('pk_visit')),
    )
    op.create_index('ix_visit_source_due_at', 'visit', ['source', 'due_at'])
    _partial('ix_visit_resting', 'visit', ['source', 'visited_at'], 'due_at IS NULL')
    op.execute('INSERT INTO visit (post_id, source, visited_at) SELECT id, source, first_seen_at FROM post')


def downgrade() -> None:
    """Go back."""
    op.drop_table('visit')
    op.drop_column('landing_load', 'cut_at')
    for column in ('errors', 'rows', 'requests'):
        op.drop_column('source_state', column)
    op.drop_index('ix_quarantine_open', 'quarantine')
    op.drop_index('uq_metric_snapshot_window', 'metric_snapshot')
    op.drop_column('metric_snapshot', 'regressed')
    op.drop_column('metric_snapshot', 'window')
    op.drop_index('ix_comment_without_parent', 'comment')
    op.drop_index('ix_comment_without_post', 'comment')
    op.drop_index('ix_comment_post_id_published_at', 'comment')
    op.create_index('ix_comment_post_id', 'comment', ['post_id'])
    op.drop_column('comment', 'gone_at')
    op.drop_index('ix_post_source_published_at', 'post')
    op.drop_column('post', 'gone_at')
