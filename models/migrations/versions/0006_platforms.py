"""An account is known by source, id and platform: one source may hold exports of several.

What is stored keeps its platform ("file" and the like: how it was read) and its ids. What is loaded again under the
name of a platform gets it then (:mod:`models.repositories.accounts`).
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BY_SOURCE, _BY_PLATFORM = "uq_account_source_external_id", "uq_account_source_external_id_platform"


def upgrade() -> None:
    """Go to this revision."""
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint(_BY_SOURCE, type_="unique")
        batch.create_unique_constraint(op.f(_BY_PLATFORM), ["source", "external_id", "platform"])


def downgrade() -> None:
    """Go back; of accounts that only their platform tells apart, all but the first have it in their id."""
    op.execute(
        "UPDATE account SET external_id = platform || ':' || external_id WHERE EXISTS (SELECT 1 FROM account AS first"
        " WHERE first.source = account.source AND first.external_id = account.external_id AND first.id < account.id)"
    )
    with op.batch_alter_table("account") as batch:
        batch.drop_constraint(_BY_PLATFORM, type_="unique")
        batch.create_unique_constraint(op.f(_BY_SOURCE), ["source", "external_id"])
