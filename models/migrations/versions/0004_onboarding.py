"""From lead to member: signals of accounts, undoable merges, suppressions, groups, seats, leases, sends, links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql')
_WHEN = sa.DateTime(timezone=True)
_NO_ID_TWICE = {'sqlite_autoincrement': True}
_HELD = 'released_at IS NULL'
_UNSETTLED = "state IN ('intended', 'unknown')"
_READY = "state = 'assigned' AND parked_at IS NULL"
_WAITING = "state = 'queued' AND parked_at IS NULL"
_DUE = "state IN ('queued', 'assigned') AND parked_at IS NULL AND escalation < 3"
_UNDER_WAY = "state IN ('queued', 'assigned', 'invited', 'added', 'blocked_full')"
_SEATED = "state IN ('queued', 'assigned', 'invited', 'added', 'joined', 'retained')"


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _add(table: str, name: str, kind: sa.types.TypeEngine, **options: object) -> None:
    op.add_column(table, sa.Column(name, kind, **options))


def upgrade() -> None:
    """Go to this revision."""
    _people()
    _signals()
    _leads()
    _links()
    _communities()
    _tickets()
    _seats()
    _sends()


def _people() -> None:
    with op.batch_alter_table('person', table_kwargs=_NO_ID_TWICE) as batch:
        batch.add_column(sa.Column('suppressed_at', _WHEN, nullable=True))
        batch.alter_column('first_seen_at', existing_type=_WHEN, nullable=False)
    _add('merge_event', 'actor', sa.Text(), nullable=False, server_default='yinliu')
    _add('merge_event', 'before', _JSON, nullable=False, server_default='{}')
    _add('merge_event', 'undone_at', _WHEN, nullable=True)
    with op.batch_alter_table('merge_event') as batch:
        batch.alter_column('actor', server_default=None)
        batch.alter_column('before', server_default=None)
    op.create_table(
        'not_same',
        sa.Column('first', sa.Integer(), nullable=False),
        sa.Column('second', sa.Integer(), nullable=False),
        sa.Column('actor', sa.Text(), nullable=False),
        sa.Column('happened_at', _WHEN, nullable=False),
        sa.ForeignKeyConstraint(['first'], ['account.id'], name=op.f('fk_not_same_first')),
        sa.ForeignKeyConstraint(['second'], ['account.id'], name=op.f('fk_not_same_second')),
        sa.PrimaryKeyConstraint('first', 'second', name=op.f('pk_not_same')),
    )
    op.create_index('ix_not_same_second', 'not_same', ['second'])
    op.create_table(
        'suppression',
        sa.Column('account_id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('comment_id', sa.Integer(), nullable=True),
        sa.Column('actor', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('happened_at', _WHEN, nullable=False),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_suppression_account_id')),
        sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_suppression_comment_id')),
        sa.PrimaryKeyConstraint('account_id', name=op.f('pk_suppression')),
    )


def _signals() -> None:
    """Signals go with the account, so that merging persons moves none: they are made anew from the tags."""
    op.drop_table('signal')
    op.create_table(
        'signal',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('evidence', sa.Text(), nullable=False),
        sa.Column('version', sa.Text(), nullable=False),
        sa.Column('label', sa.Text(), nullable=False),
        sa.Column('comment_id', sa.Integer(), nullable=False),
        sa.Column('happened_at', _WHEN, nullable=False),
        sa.Column('recorded_at', _WHEN, nullable=False),
        sa.Column('withdrawn_at', _WHEN, nullable=True),
        sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_signal_account_id')),
        sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_signal_comment_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_signal')),
        sa.UniqueConstraint(
            'account_id', 'kind', 'evidence', 'version', name=op.f('uq_signal_account_id_kind_evidence_version')
        ),
    )
    op.create_index('ix_signal_comment_id', 'signal', ['comment_id'])
    op.execute('UPDATE comment SET qualified_version = NULL WHERE qualified_version IS NOT NULL')


def _leads() -> None:
    _add('lead', 'scored_at', _WHEN, nullable=True)
    op.execute('UPDATE lead SET scored_at = changed_at')
    _add('lead', 'rescore_at', _WHEN, nullable=True)
    _add('lead', 'route_at', _WHEN, nullable=True)
    op.execute(
        'UPDATE lead SET route_at = qualified_at WHERE qualified'
        ' AND NOT EXISTS (SELECT 1 FROM ticket WHERE ticket.person_id = lead.person_id)'
    )
    with op.batch_alter_table('lead', table_kwargs=_NO_ID_TWICE) as batch:
        batch.alter_column('scored_at', existing_type=_WHEN, nullable=False)
    _index('ix_lead_route_at', 'lead', ['route_at', 'id'], 'route_at IS NOT NULL')
    _index('ix_lead_rescore_at', 'lead', ['rescore_at'], 'rescore_at IS NOT NULL')
    op.create_index('ix_lead_scoring_version', 'lead', ['scoring_version'])


def _links() -> None:
    op.create_table(
        'link',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('post_id', sa.Integer(), nullable=True),
        sa.Column('campaign', sa.Text(), nullable=True),
        sa.Column('community', sa.Text(), nullable=True),
        sa.Column('operator', sa.Text(), nullable=True),
        sa.Column('created_at', _WHEN, nullable=False),
        sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_link_post_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_link')),
        sa.UniqueConstraint('code', name=op.f('uq_link_code')),
        sa.UniqueConstraint('key', name=op.f('uq_link_key')),
    )
    op.create_table(
        'click',
        sa.Column('link_id', sa.Integer(), nullable=False),
        sa.Column('day', sa.Text(), nullable=False),
        sa.Column('hits', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['link_id'], ['link.id'], name=op.f('fk_click_link_id')),
        sa.PrimaryKeyConstraint('link_id', 'day', name=op.f('pk_click')),
    )


def _communities() -> None:
    _add('community', 'hub', sa.Text(), nullable=False, server_default='manual')
    _add('community', 'turn', sa.BigInteger(), nullable=False, server_default='0')
    _add('community', 'rules', sa.Text(), nullable=False, server_default='')
    op.create_table(
        'community_group',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('community', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('capacity', sa.Integer(), nullable=False),
        sa.Column('taken', sa.Integer(), server_default='0', nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('closed', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint('taken >= 0', name=op.f('ck_community_group_taken')),
        sa.ForeignKeyConstraint(['community'], ['community.name'], name=op.f('fk_community_group_community')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_community_group')),
        sa.UniqueConstraint('community', 'name', name=op.f('uq_community_group_community_name')),
    )
    op.execute(
        'INSERT INTO community_group (community, name, title, capacity, taken, position)'
        " SELECT name, '1', title, capacity, (SELECT count(*) FROM ticket WHERE ticket.community = community.name"
        f' AND {_SEATED}), 0 FROM community'
    )
    with op.batch_alter_table('community') as batch:
        batch.drop_column('capacity')
        batch.alter_column('hub', existing_type=sa.Text(), server_default=None)
    op.create_table(
        'operator',
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('turn', sa.BigInteger(), server_default='0', nullable=False),
        sa.Column('day', sa.Text(), nullable=False),
        sa.Column('given', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_operator')),
    )


def _tickets() -> None:
    _add('ticket', 'group_id', sa.Integer(), nullable=True)
    _add('ticket', 'link_id', sa.Integer(), nullable=True)
    _add('ticket', 'escalation', sa.Integer(), nullable=False, server_default='0')
    _add('ticket', 'ready_at', _WHEN, nullable=True)
    _add('ticket', 'leased_by', sa.Text(), nullable=True)
    _add('ticket', 'lease_token', sa.Integer(), nullable=False, server_default='0')
    _add('ticket', 'attempts', sa.Integer(), nullable=False, server_default='0')
    _add('ticket', 'parked_at', _WHEN, nullable=True)
    _add('ticket', 'parked_reason', sa.Text(), nullable=True)
    _add('ticket_event', 'token', sa.Integer(), nullable=True)
    op.execute('UPDATE ticket SET ready_at = created_at')
    op.execute(
        'UPDATE ticket SET group_id = (SELECT id FROM community_group WHERE community_group.community ='
        f' ticket.community) WHERE {_SEATED}'
    )
    with op.batch_alter_table('ticket') as batch:
        batch.alter_column('ready_at', existing_type=_WHEN, nullable=False)
        batch.create_foreign_key(op.f('fk_ticket_group_id'), 'community_group', ['group_id'], ['id'])
        batch.create_foreign_key(op.f('fk_ticket_link_id'), 'link', ['link_id'], ['id'])
    _ended_twins()
    _index('uq_ticket_under_way', 'ticket', ['person_id'], _UNDER_WAY, unique=True)
    op.create_index('ix_ticket_changed_at', 'ticket', ['state', 'changed_at'])
    op.create_index('ix_ticket_person_id', 'ticket', ['person_id'])
    _index('ix_ticket_ready', 'ticket', ['operator', 'ready_at', 'id'], _READY)
    _index('ix_ticket_waiting', 'ticket', ['community', 'ready_at', 'id'], _WAITING)
    _index('ix_ticket_blocked', 'ticket', ['community', 'id'], "state = 'blocked_full'")
    _index('ix_ticket_parked', 'ticket', ['parked_at'], 'parked_at IS NOT NULL')
    _index('ix_ticket_due', 'ticket', ['due_at'], _DUE)


def _ended_twins() -> None:
    """A person is brought to one community at a time: of two tickets under way the earlier goes on."""
    twins = (
        f'SELECT id FROM ticket WHERE {_UNDER_WAY} AND EXISTS (SELECT 1 FROM ticket AS other WHERE'
        f' other.person_id = ticket.person_id AND other.id < ticket.id AND other.{_UNDER_WAY})'
    )
    op.execute(
        'INSERT INTO ticket_event (ticket_id, happened_at, "before", "after", actor, reason) SELECT id, changed_at,'
        f" state, 'lost', 'yinliu', 'merged' FROM ticket WHERE id IN ({twins})"
    )
    op.execute(
        'UPDATE community_group SET taken = taken - (SELECT count(*) FROM ticket WHERE ticket.group_id ='
        f' community_group.id AND ticket.id IN ({twins}))'
    )
    op.execute(f"UPDATE ticket SET state = 'lost' WHERE id IN ({twins})")


def _seats() -> None:
    op.create_table(
        'seat',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('ticket_id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('reserved_at', _WHEN, nullable=False),
        sa.Column('confirmed_at', _WHEN, nullable=True),
        sa.Column('released_at', _WHEN, nullable=True),
        sa.ForeignKeyConstraint(['group_id'], ['community_group.id'], name=op.f('fk_seat_group_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_seat_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_seat')),
    )
    _index('uq_seat_held', 'seat', ['ticket_id'], _HELD, unique=True)
    _index('ix_seat_group_id', 'seat', ['group_id'], _HELD)
    op.execute(
        'INSERT INTO seat (ticket_id, group_id, reserved_at, confirmed_at) SELECT id, group_id, created_at,'
        f" CASE WHEN state IN ('joined', 'retained') THEN changed_at END FROM ticket WHERE {_SEATED}"
    )


def _sends() -> None:
    op.create_table(
        'send',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('ticket_id', sa.Integer(), nullable=False),
        sa.Column('group_id', sa.Integer(), nullable=False),
        sa.Column('hub', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('address_hmac', sa.Text(), nullable=False),
        sa.Column('token', sa.Integer(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('intended_at', _WHEN, nullable=False),
        sa.Column('settled_at', _WHEN, nullable=True),
        sa.Column('detail', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['group_id'], ['community_group.id'], name=op.f('fk_send_group_id')),
        sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_send_ticket_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_send')),
        sa.UniqueConstraint('key', name=op.f('uq_send_key')),
    )
    _index('uq_send_unsettled', 'send', ['ticket_id'], _UNSETTLED, unique=True)
    _index('ix_send_unsettled', 'send', ['intended_at'], _UNSETTLED)
    op.create_index('ix_send_ticket_id', 'send', ['ticket_id'])


def downgrade() -> None:
    """Go back; seats, sends, links and suppressions are forgotten, signals are made anew from the tags."""
    op.drop_table('send')
    op.drop_table('seat')
    for name in ('due', 'parked', 'blocked', 'waiting', 'ready', 'person_id', 'changed_at'):
        op.drop_index(f'ix_ticket_{name}', 'ticket')
    op.drop_index('uq_ticket_under_way', 'ticket')
    with op.batch_alter_table('ticket') as batch:
        batch.drop_constraint('fk_ticket_group_id', type_='foreignkey')
        batch.drop_constraint('fk_ticket_link_id', type_='foreignkey')
    _drop('ticket', 'group_id link_id escalation ready_at leased_by lease_token attempts parked_at parked_reason')
    _drop('ticket_event', 'token')
    op.drop_table('operator')
    _add('community', 'capacity', sa.Integer(), nullable=False, server_default='0')
    op.execute(
        'UPDATE community SET capacity = coalesce((SELECT sum(capacity) FROM community_group WHERE'
        ' community_group.community = community.name), 0)'
    )
    op.drop_table('community_group')
    _drop('community', 'hub turn rules')
    op.drop_table('click')
    op.drop_table('link')
    for name in ('route_at', 'rescore_at', 'scoring_version'):
        op.drop_index(f'ix_lead_{name}', 'lead')
    _drop('lead', 'scored_at rescore_at route_at')
    _old_signals()
    op.drop_table('suppression')
    op.drop_table('not_same')
    _drop('merge_event', 'actor before undone_at')
    _drop('person', 'suppressed_at')


def _drop(table: str, columns: str) -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns.split():
            batch.drop_column(column)


def _old_signals() -> None:
    op.drop_table('signal')
    op.create_table(
        'signal',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('person_id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('evidence', sa.Text(), nullable=False),
        sa.Column('version', sa.Text(), nullable=False),
        sa.Column('label', sa.Text(), nullable=False),
        sa.Column('comment_id', sa.Integer(), nullable=False),
        sa.Column('happened_at', _WHEN, nullable=False),
        sa.ForeignKeyConstraint(['comment_id'], ['comment.id'], name=op.f('fk_signal_comment_id')),
        sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_signal_person_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_signal')),
        sa.UniqueConstraint(
            'person_id', 'kind', 'evidence', 'version', name=op.f('uq_signal_person_id_kind_evidence_version')
        ),
    )
    op.create_index('ix_signal_comment_id', 'signal', ['comment_id'])
    op.execute('UPDATE comment SET qualified_version = NULL WHERE qualified_version IS NOT NULL')
