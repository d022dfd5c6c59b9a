"""Verified addresses, erased people, people of other issuers, tokens sent by mail, and the mails."""

import sqlalchemy as sa
from alembic import op

from chassis.mail import create_mail_table, drop_mail_table

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("users", sa.Column("email_verified_at", MOMENT))
    op.add_column("users", sa.Column("erased_at", MOMENT))
    # Whoever joined before addresses were verified keeps what they could do.
    op.execute("UPDATE users SET email_verified_at = created_at")
    op.create_table(
        "identities",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="SET NULL"), index=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("erased_at", MOMENT),
    )
    op.create_table(
        "mailed_tokens",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False, index=True),
        sa.Column("used_at", MOMENT),
    )
    op.create_table(
        "reset_requests",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("requested_at", MOMENT, nullable=False),
    )
    create_mail_table(op)


def downgrade() -> None:
    drop_mail_table(op)
    for table in ("reset_requests", "mailed_tokens", "identities"):
        op.drop_table(table)
    op.drop_column("users", "erased_at")
    op.drop_column("users", "email_verified_at")
