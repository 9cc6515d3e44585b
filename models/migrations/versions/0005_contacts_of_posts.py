"""Contacts that the team wrote into its posts: who repeats one left none of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision; posts are tagged anew, for their contacts were not kept."""
    op.create_table(
        'post_contact',
        sa.Column('post_id', sa.Integer(), nullable=False),
        sa.Column('value_hmac', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_contact_post_id')),
        sa.PrimaryKeyConstraint('post_id', 'value_hmac', name=op.f('pk_post_contact')),
    )
    op.create_index('ix_post_contact_value_hmac', 'post_contact', ['value_hmac'])
    for table in ('team_contact', 'contact_news'):
        op.create_table(
            table,
            sa.Column('value_hmac', sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint('value_hmac', name=op.f(f'pk_{table}')),
        )
    op.create_table(
        'contact_reading',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('version', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_reading')),
    )
    op.execute('INSERT INTO contact_news (value_hmac) SELECT DISTINCT value_hmac FROM contact')
    op.execute('UPDATE post SET tagged_version = NULL WHERE tagged_version IS NOT NULL')


def downgrade() -> None:
    """Go back; comments are qualified anew, without regard to posts."""
    for table in ('contact_reading', 'contact_news', 'team_contact', 'post_contact'):
        op.drop_table(table)
    op.execute('UPDATE comment SET qualified_version = NULL WHERE qualified_version IS NOT NULL')
