"""How the dispatcher sees the outbox of every pool without seeing anything else.

Row-level security binds the worker to one pool per transaction. The dispatcher has no pool: it
learns from this function which row of which pool is due, and nothing of what stands in it.

``waiting`` are rows that lie in Redis already. A row that a job holds is locked and skipped, so a
lease need not outlive the longest job; it only bridges the way from here to the job's lock.
"""

from alembic import op

revision = "outbox_lease"
down_revision = "guards"
branch_labels = None
depends_on = None

LEASE = """
    CREATE FUNCTION lease_outbox(most int, seconds int, waiting bigint[])
    RETURNS TABLE (pool_id int, id bigint, attempts int)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
        WITH due AS MATERIALIZED (
            SELECT o.pool_id, o.id FROM public.outbox o
            WHERE o.done_at IS NULL AND o.failed_at IS NULL
                AND (o.leased_until IS NULL OR o.leased_until <= clock_timestamp())
                AND o.id <> ALL(waiting)
            ORDER BY o.priority DESC, o.id
            LIMIT most
            FOR UPDATE SKIP LOCKED
        ),
        leased AS (
            UPDATE public.outbox o
            SET leased_until = clock_timestamp() + make_interval(secs => seconds),
                attempts = o.attempts + 1
            FROM due WHERE o.pool_id = due.pool_id AND o.id = due.id
            RETURNING o.pool_id, o.id, o.attempts, o.priority
        )
        SELECT l.pool_id, l.id, l.attempts FROM leased l ORDER BY l.priority DESC, l.id
    $$"""


def upgrade() -> None:
    op.execute(LEASE)
    op.execute("REVOKE EXECUTE ON FUNCTION lease_outbox FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION lease_outbox TO brokerpool_worker")


def downgrade() -> None:
    op.execute("DROP FUNCTION lease_outbox")
