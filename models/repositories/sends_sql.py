"""The statements of the invitations' ledger, for both databases."""

# ruff: noqa: S608 (every part is written here)

from __future__ import annotations

from models.onboarding import SEATED_STATES, among

_LEFT = """
    SELECT 1 FROM identity JOIN comment ON comment.account_id = identity.account_id
    JOIN contact ON contact.comment_id = comment.id
    WHERE identity.person_id = ticket.person_id AND contact.kind{kinds}
    AND NOT EXISTS (SELECT 1 FROM team_contact WHERE team_contact.value_hmac = contact.value_hmac)
"""
_OPEN = "send.state IN ('intended', 'unknown')"
SENDING = f"SELECT 1 FROM send WHERE send.ticket_id = ticket.id AND {_OPEN}"
"""The sends of a ticket of which nobody knows whether they were done."""
_READY = """
    ticket.parked_at IS NULL AND ticket.ready_at <= @once AND ticket.state IN ('assigned', 'queued')
"""

CANDIDATES = f"""
    SELECT ticket.id, ticket.community, community_group.name
    FROM ticket JOIN community_group ON community_group.id = ticket.group_id
    WHERE {_READY} AND ticket.community{{communities}} AND ticket.id > :after
    AND NOT EXISTS ({SENDING}) AND EXISTS ({_LEFT}) ORDER BY ticket.id LIMIT :number
"""
BY_HAND = f"""
    SELECT count(*) FROM ticket WHERE {_READY} AND ticket.community{{communities}} AND NOT EXISTS ({_LEFT})
"""
LOCK_READY = f"""
    SELECT ticket.id, ticket.person_id, ticket.group_id FROM ticket
    WHERE ticket.id = :ticket AND ticket.group_id IS NOT NULL AND {_READY}
    AND NOT EXISTS ({SENDING}) @skip
"""
CONTACTS = """
    SELECT contact.kind, contact.value_cipher, contact.value_hmac FROM identity
    JOIN comment ON comment.account_id = identity.account_id JOIN contact ON contact.comment_id = comment.id
    WHERE identity.person_id = :person AND contact.kind{kinds} ORDER BY contact.id
"""
SUPPRESSED = "SELECT 1 FROM person WHERE id = :person AND suppressed_at IS NOT NULL"

INTEND = """
    INSERT INTO send (ticket_id, group_id, hub, key, address_hmac, token, state, intended_at, detail)
    VALUES (:ticket, :group_id, :hub, :key, :address_hmac, :token, 'intended', @clock, :detail) RETURNING id
"""
DOUBT = f"""
    UPDATE send SET state = 'unknown', detail = coalesce(detail, '') || ' ' || :detail WHERE id = :send AND {_OPEN}
"""
SETTLE = f"""
    UPDATE send SET state = :state, settled_at = @clock, detail = coalesce(:detail, detail) WHERE id = :send AND {_OPEN}
"""
LOCK_SEND = f"SELECT id FROM send WHERE id = :send AND {_OPEN} @lock"
UNSETTLED = f"""
    SELECT send.id, send.ticket_id, ticket.person_id, ticket.state, ticket.community, community_group.name,
    send.address_hmac, send.intended_at, send.detail
    FROM send JOIN ticket ON ticket.id = send.ticket_id JOIN community_group ON community_group.id = send.group_id
    WHERE {_OPEN} AND send.hub = :hub AND send.id > :after AND send.intended_at <= @later
    AND (ticket.leased_by IS NULL OR ticket.ready_at <= @clock) ORDER BY send.id LIMIT :number
"""
UNSETTLED_ELSEWHERE = UNSETTLED.replace("send.hub = :hub", "NOT send.hub{hubs}")
OPEN = f"SELECT 1 FROM send WHERE ticket_id = :ticket AND {_OPEN}"

_SEATED = f"""
    ticket.community = :community AND community_group.name = :group
    AND {among(SEATED_STATES, column="ticket.state")}
"""
AWAITED_SENDS = f"""
    SELECT ticket.id, ticket.state, ticket.created_at, send.address_hmac FROM ticket
    JOIN community_group ON community_group.id = ticket.group_id
    JOIN send ON send.ticket_id = ticket.id AND send.state = 'sent' WHERE {_SEATED} ORDER BY ticket.id
"""
AWAITED_CONTACTS = f"""
    SELECT ticket.id, ticket.state, ticket.created_at, contact.value_hmac FROM ticket
    JOIN community_group ON community_group.id = ticket.group_id
    JOIN identity ON identity.person_id = ticket.person_id JOIN comment ON comment.account_id = identity.account_id
    JOIN contact ON contact.comment_id = comment.id AND contact.kind{{kinds}} WHERE {_SEATED} ORDER BY ticket.id
"""
PLACE = """
    SELECT person.name, ticket.community, community_group.name, ticket.operator, ticket.post_id
    FROM ticket JOIN person ON person.id = ticket.person_id
    LEFT JOIN community_group ON community_group.id = ticket.group_id WHERE ticket.id = :ticket
"""
