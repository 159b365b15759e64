"""First tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001_first_tables"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "alert_round",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("every_rule", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hourly", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_alert_round")),
    )
    op.create_table(
        "alert_state",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("episode", sa.BigInteger(), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fired_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acked_by", sa.String(), nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "rule", "campaign", name=op.f("pk_alert_state")),
    )
    op.create_table(
        "alert_rule",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_alert_rule")),
    )
    op.create_table(
        "access_request",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", name=op.f("pk_access_request")),
    )
    op.create_table(
        "answer_context",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", "thread", name=op.f("pk_answer_context")),
    )
    with op.batch_alter_table("answer_context", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_answer_context_workspace_answered_at"), ["workspace", "answered_at"], unique=False
        )

    op.create_table(
        "arrival",
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.Column("read", sa.BigInteger(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("clickers", sa.BigInteger(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=True),
        sa.Column("conversations", sa.BigInteger(), nullable=True),
        sa.Column("feedback", sa.BigInteger(), nullable=True),
        sa.Column("reviews", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("opt_outs", sa.BigInteger(), nullable=True),
        sa.Column("orders_by_send", sa.BigInteger(), nullable=True),
        sa.Column("buyers_by_send", sa.BigInteger(), nullable=True),
        sa.Column("new_customers", sa.BigInteger(), nullable=True),
        sa.Column("revenue_by_send", sa.BigInteger(), nullable=True),
        sa.Column("refunds_by_send", sa.BigInteger(), nullable=True),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("age", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace",
            "campaign",
            "source",
            "day",
            "market",
            "variant",
            "currency",
            "age",
            name=op.f("pk_arrival"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "asker",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("allowed_by", sa.String(), nullable=False),
        sa.Column("allowed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", name=op.f("pk_asker")),
    )
    op.create_table(
        "campaign",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("margin", sa.BigInteger(), nullable=True),
        sa.Column("tags", sa.String(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=True),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("began", sa.Date(), nullable=True),
        sa.Column("ended", sa.Date(), nullable=True),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("renamed", sa.Boolean(), nullable=False),
        sa.Column("part_of", sa.String(), nullable=True),
        sa.Column("is_added", sa.Boolean(), nullable=False),
        sa.Column("holdout_of", sa.String(), nullable=True),
        sa.Column("at_random", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "slug", name=op.f("pk_campaign")),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_campaign_workspace_channel_ended_slug"),
            ["workspace", "channel", "ended", "slug"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_campaign_workspace_holdout_of"), ["workspace", "holdout_of"], unique=False)

    op.create_table(
        "campaign_change",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "changed_at", "campaign", "change", name=op.f("pk_campaign_change")),
    )
    op.create_table(
        "campaign_name",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("given_to", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "key", name=op.f("pk_campaign_name")),
    )
    op.create_table(
        "campaign_split",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "campaign", "market", "currency", name=op.f("pk_campaign_split")),
    )
    op.create_table(
        "connection",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "kind", "account", name=op.f("pk_connection")),
    )
    op.create_table(
        "daily_result",
        sa.Column("audience", sa.BigInteger(), nullable=True),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.Column("read", sa.BigInteger(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("clickers", sa.BigInteger(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=True),
        sa.Column("conversations", sa.BigInteger(), nullable=True),
        sa.Column("orders", sa.BigInteger(), nullable=True),
        sa.Column("buyers", sa.BigInteger(), nullable=True),
        sa.Column("new_customers", sa.BigInteger(), nullable=True),
        sa.Column("revenue", sa.BigInteger(), nullable=True),
        sa.Column("refunds", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("opt_ins", sa.BigInteger(), nullable=True),
        sa.Column("opt_outs", sa.BigInteger(), nullable=True),
        sa.Column("blocks", sa.BigInteger(), nullable=True),
        sa.Column("feedback", sa.BigInteger(), nullable=True),
        sa.Column("reviews", sa.BigInteger(), nullable=True),
        sa.Column("subscribers", sa.BigInteger(), nullable=True),
        sa.Column("orders_by_send", sa.BigInteger(), nullable=True),
        sa.Column("buyers_by_send", sa.BigInteger(), nullable=True),
        sa.Column("revenue_by_send", sa.BigInteger(), nullable=True),
        sa.Column("refunds_by_send", sa.BigInteger(), nullable=True),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "campaign", "day", "market", "variant", "currency", name=op.f("pk_daily_result")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "day_note",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("leave_out", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "key", "start", name=op.f("pk_day_note")),
    )
    op.create_table(
        "failure",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "campaign", "day", "code", name=op.f("pk_failure")),
    )
    op.create_table(
        "held_name",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "key", name=op.f("pk_held_name")),
    )
    op.create_table(
        "import_mapping",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("header", sa.String(), nullable=False),
        sa.Column("mapping", sa.String(), nullable=False),
        sa.Column("answers", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "header", name=op.f("pk_import_mapping")),
    )
    op.create_table(
        "import_run",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("campaigns", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("money", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "run", name=op.f("pk_import_run")),
    )
    op.create_table(
        "live_count",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "source", "day", "what", name=op.f("pk_live_count")),
    )
    op.create_table(
        "message",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shift", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=True),
        sa.Column("read", sa.BigInteger(), nullable=True),
        sa.Column("clicked", sa.BigInteger(), nullable=True),
        sa.Column("replied", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "message", name=op.f("pk_message")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(
            "ix_message_unattributed",
            ["workspace", "label"],
            unique=False,
            sqlite_where=sa.text("campaign IS NULL"),
            postgresql_where=sa.text("campaign IS NULL"),
        )

    op.create_table(
        "opened_channel",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("exposure", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "channel", name=op.f("pk_opened_channel")),
    )
    op.create_table(
        "posting",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("slot", sa.Date(), nullable=False),
        sa.Column("piece", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("posting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("kept", sa.String(), nullable=False),
        sa.Column("waits_for", sa.String(), nullable=False),
        sa.Column("edits", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "schedule", "slot", "piece", name=op.f("pk_posting")),
    )
    with op.batch_alter_table("posting", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_posting_workspace_state_next_at"), ["workspace", "state", "next_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_posting_workspace_channel_posting_at"),
            ["workspace", "channel", "posting_at"],
            unique=False,
        )

    op.create_table(
        "purchase",
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("refunds", sa.BigInteger(), nullable=True),
        sa.Column("tax", sa.BigInteger(), nullable=True),
        sa.Column("shipping", sa.BigInteger(), nullable=True),
        sa.Column("coupon", sa.String(), nullable=False),
        sa.Column("utm", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("message_day", sa.Date(), nullable=True),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("is_order", sa.Boolean(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=True),
        sa.Column("cancelled", sa.BigInteger(), nullable=True),
        sa.Column("said_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "source", "order_id", name=op.f("pk_purchase")),
    )
    with op.batch_alter_table("purchase", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_workspace_campaign"), ["workspace", "campaign"], unique=False)
        batch_op.create_index(batch_op.f("ix_purchase_workspace_customer"), ["workspace", "customer"], unique=False)

    op.create_table(
        "testimony",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("messages", sa.Boolean(), nullable=False),
        sa.Column("orders", sa.Boolean(), nullable=False),
        sa.Column("cost", sa.Boolean(), nullable=False),
        sa.Column("list", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "campaign", "source", "run", name=op.f("pk_testimony")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "told_order",
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("refunds", sa.BigInteger(), nullable=True),
        sa.Column("tax", sa.BigInteger(), nullable=True),
        sa.Column("shipping", sa.BigInteger(), nullable=True),
        sa.Column("coupon", sa.String(), nullable=False),
        sa.Column("utm", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("message_day", sa.Date(), nullable=True),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("is_order", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "source", "order_id", "run", "is_order", name=op.f("pk_told_order")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "replaced",
        sa.Column("audience", sa.BigInteger(), nullable=True),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.Column("read", sa.BigInteger(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("clickers", sa.BigInteger(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=True),
        sa.Column("conversations", sa.BigInteger(), nullable=True),
        sa.Column("orders", sa.BigInteger(), nullable=True),
        sa.Column("buyers", sa.BigInteger(), nullable=True),
        sa.Column("new_customers", sa.BigInteger(), nullable=True),
        sa.Column("revenue", sa.BigInteger(), nullable=True),
        sa.Column("refunds", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("opt_ins", sa.BigInteger(), nullable=True),
        sa.Column("opt_outs", sa.BigInteger(), nullable=True),
        sa.Column("blocks", sa.BigInteger(), nullable=True),
        sa.Column("feedback", sa.BigInteger(), nullable=True),
        sa.Column("reviews", sa.BigInteger(), nullable=True),
        sa.Column("subscribers", sa.BigInteger(), nullable=True),
        sa.Column("orders_by_send", sa.BigInteger(), nullable=True),
        sa.Column("buyers_by_send", sa.BigInteger(), nullable=True),
        sa.Column("revenue_by_send", sa.BigInteger(), nullable=True),
        sa.Column("refunds_by_send", sa.BigInteger(), nullable=True),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint(
            "workspace",
            "campaign",
            "source",
            "day",
            "market",
            "variant",
            "currency",
            "run",
            name=op.f("pk_replaced"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "reported",
        sa.Column("audience", sa.BigInteger(), nullable=True),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("delivered", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.BigInteger(), nullable=True),
        sa.Column("read", sa.BigInteger(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), nullable=True),
        sa.Column("clickers", sa.BigInteger(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=True),
        sa.Column("conversations", sa.BigInteger(), nullable=True),
        sa.Column("orders", sa.BigInteger(), nullable=True),
        sa.Column("buyers", sa.BigInteger(), nullable=True),
        sa.Column("new_customers", sa.BigInteger(), nullable=True),
        sa.Column("revenue", sa.BigInteger(), nullable=True),
        sa.Column("refunds", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("opt_ins", sa.BigInteger(), nullable=True),
        sa.Column("opt_outs", sa.BigInteger(), nullable=True),
        sa.Column("blocks", sa.BigInteger(), nullable=True),
        sa.Column("feedback", sa.BigInteger(), nullable=True),
        sa.Column("reviews", sa.BigInteger(), nullable=True),
        sa.Column("subscribers", sa.BigInteger(), nullable=True),
        sa.Column("orders_by_send", sa.BigInteger(), nullable=True),
        sa.Column("buyers_by_send", sa.BigInteger(), nullable=True),
        sa.Column("revenue_by_send", sa.BigInteger(), nullable=True),
        sa.Column("refunds_by_send", sa.BigInteger(), nullable=True),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint(
            "workspace", "campaign", "source", "day", "market", "variant", "currency", name=op.f("pk_reported")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "schedule",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("monthly", sa.Boolean(), nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("exposure", sa.String(), nullable=False),
        sa.Column("guests", sa.Boolean(), nullable=False),
        sa.Column("planned_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "id", name=op.f("pk_schedule")),
    )
    op.create_table(
        "setting_change",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("setting", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "changed_at", "setting", name=op.f("pk_setting_change")),
    )
    op.create_table(
        "source",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "source", name=op.f("pk_source")),
    )
    op.create_table(
        "source_choice",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("messages", sa.String(), nullable=True),
        sa.Column("orders", sa.String(), nullable=True),
        sa.Column("cost", sa.String(), nullable=True),
        sa.Column("list", sa.String(), nullable=True),
        sa.Column("disagreement", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "campaign", name=op.f("pk_source_choice")),
    )
    op.create_table(
        "target",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "metric", "campaign", name=op.f("pk_target")),
    )
    op.create_table(
        "workspace",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("margin", sa.BigInteger(), nullable=True),
        sa.Column("vat", sa.BigInteger(), nullable=True),
        sa.Column("click_days", sa.BigInteger(), nullable=False),
        sa.Column("view_hours", sa.BigInteger(), nullable=False),
        sa.Column("wait_hours", sa.BigInteger(), nullable=False),
        sa.Column("plain_tables", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_workspace")),
    )


def downgrade() -> None:
    op.drop_table("workspace")
    op.drop_table("target")
    op.drop_table("source_choice")
    op.drop_table("source")
    op.drop_table("setting_change")
    op.drop_table("schedule")
    op.drop_table("reported")
    op.drop_table("replaced")
    op.drop_table("told_order")
    op.drop_table("testimony")
    op.drop_table("purchase")
    op.drop_table("posting")
    op.drop_table("opened_channel")
    op.drop_table("message")
    op.drop_table("live_count")
    op.drop_table("import_run")
    op.drop_table("import_mapping")
    op.drop_table("held_name")
    op.drop_table("failure")
    op.drop_table("day_note")
    op.drop_table("daily_result")
    op.drop_table("connection")
    op.drop_table("campaign_split")
    op.drop_table("campaign_name")
    op.drop_table("campaign_change")
    op.drop_table("campaign")
    op.drop_table("asker")
    op.drop_table("arrival")
    op.drop_table("answer_context")
    op.drop_table("access_request")
    op.drop_table("alert_rule")
    op.drop_table("alert_state")
    op.drop_table("alert_round")
