"""Who came into a group without a ticket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

_WHEN = sa.DateTime(timezone=True)
_HELD = 'released_at IS NULL'
_ONE_OF_BOTH = '(ticket_id IS NULL) <> (walk_in_id IS NULL)'


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    """Go to this revision; seats that tickets hold stay as they are."""
    op.create_table(
        'walk_in',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('link_id', sa.Integer(), nullable=True),
        sa.Column('operator', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=True),
        sa.Column('joined_at', _WHEN, nullable=False),
        sa.Column('left_at', _WHEN, nullable=True),
        sa.Column('undone_at', _WHEN, nullable=True),
        sa.ForeignKeyConstraint(['group_id'], ['community_group.id'], name=op.f('fk_walk_in_group_id')),
        sa.ForeignKeyConstraint(['link_id'], ['link.id'], name=op.f('fk_walk_in_link_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_walk_in')),
    )
    op.create_index('ix_walk_in_group_id', 'walk_in', ['group_id'])
    _seats_without(['uq_seat_held', 'ix_seat_group_id'])
    with op.batch_alter_table('seat') as batch:
        batch.alter_column('ticket_id', existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column('walk_in_id', sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f('fk_seat_walk_in_id'), 'walk_in', ['walk_in_id'], ['id'])
        batch.create_check_constraint(op.f('ck_seat_whose'), sa.text(_ONE_OF_BOTH))
    _seats_with()
    _index('uq_seat_walked_in', 'seat', ['walk_in_id'], _HELD, unique=True)


def _seats_without(indexes: list[str]) -> None:
    """SQLite makes the table anew: its partial indexes are made anew too."""
    for name in indexes:
        op.drop_index(name, 'seat')


def _seats_with() -> None:
    _index('uq_seat_held', 'seat', ['ticket_id'], _HELD, unique=True)
    _index('ix_seat_group_id', 'seat', ['group_id'], _HELD)


def downgrade() -> None:
    """Go back; who came without a ticket is forgotten, and their seats are free."""
    op.execute(
        'UPDATE community_group SET taken = taken - (SELECT count(*) FROM seat WHERE seat.group_id ='
        f' community_group.id AND walk_in_id IS NOT NULL AND {_HELD})'
    )
    op.execute('DELETE FROM seat WHERE walk_in_id IS NOT NULL')
    _seats_without(['uq_seat_walked_in', 'uq_seat_held', 'ix_seat_group_id'])
    with op.batch_alter_table('seat') as batch:
        batch.drop_constraint(op.f('ck_seat_whose'), type_='check')
        batch.drop_constraint('fk_seat_walk_in_id', type_='foreignkey')
        batch.drop_column('walk_in_id')
        batch.alter_column('ticket_id', existing_type=sa.Integer(), nullable=False)
    _seats_with()
    op.drop_table('walk_in')
