"""Orders of people who left: erased at once, or once nothing is to be sent any more."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("orders", sa.Column("is_forgotten", sa.Boolean, nullable=False, server_default="false"))
    op.alter_column("orders", "is_forgotten", server_default=None)


def downgrade() -> None:
    op.drop_column("orders", "is_forgotten")
