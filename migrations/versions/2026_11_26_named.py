"""A person stands in the books under one name for good (``account.written_as``).

The books named people by their e-mail address, which anybody changes himself: who proposed and then
changed his address could approve as somebody else, and whoever got a freed address had inherited
what its person did. From now on the name is the address at the beginning of the login, kept for
good; where it is somebody's already, the login's number is added.
"""

import sqlalchemy as sa
from alembic import op

revision = "named"
down_revision = "sealed"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
PORTALS = f"{INTRANET}, {EXTRANET}"
APPS = f"{PORTALS}, {WORKER}"
DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"
UNIQUE = "uq_account_written_as"
NAMING = f"""
    CREATE FUNCTION name_for_good() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                RAISE EXCEPTION 'the name a person is written by never changes'
                    USING ERRCODE = 'restrict_violation';
            END IF;
            IF NEW.written_as IS NULL THEN
                NEW.written_as := NEW.email || CASE WHEN EXISTS (SELECT FROM account a
                    WHERE a.written_as = NEW.email) THEN '#' || NEW.id ELSE '' END;
            END IF;
            RETURN NEW;
        END$$"""
TRIGGERS = (
    "CREATE TRIGGER named BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION name_for_good()",
    (
        "CREATE TRIGGER named_for_good BEFORE UPDATE ON account FOR EACH ROW "
        "WHEN (NEW.written_as IS DISTINCT FROM OLD.written_as) EXECUTE FUNCTION name_for_good()"
    ),
)
# function with its arguments, what it says, what it says from now on
REWORDED = (
    ("auth_signature(bytea)", "m.company_id], a.email)", "m.company_id], a.written_as)"),
    ("auth_enter(bytea, bytea, int)", "w.shortcuts, a.email", "w.shortcuts, a.written_as"),
    (
        "note_entry(int, int, text, text, bigint, jsonb)",
        "(SELECT email FROM account WHERE id = who)",
        "(SELECT written_as FROM account WHERE id = who)",
    ),
)
# the same, where the answer has a column more: who may call it, then what is said in place of what.
# Who waits to be let in has written nothing here: his name of before is not told.
WIDENED = (
    (
        "auth_session(bytea)",
        PORTALS,
        ("email text, name text", "email text, written_as text, name text"),
        ("SELECT a.id, a.email, a.name", "SELECT a.id, a.email, a.written_as, a.name"),
    ),
    (
        "people_known()",
        APPS,
        ("waits boolean, answer text)", "waits boolean, answer text, written_as text)"),
        (", m.answer\n", ", m.answer, CASE WHEN NOT m.waits THEN a.written_as END\n"),
    ),
)


def reworded(function: str, *pairs: tuple[str, str], anew: bool = False) -> str:
    """Put other words into a function; it fails where they don't stand exactly once."""
    steps = "".join(
        f"""
        IF cardinality(string_to_array(said, $o${old}$o$)) <> 2 THEN
            RAISE EXCEPTION '{function} does not say so: %', said;
        END IF;
        said := replace(said, $o${old}$o$, $n${new}$n$);"""
        for old, new in pairs
    )
    dropped = f"DROP FUNCTION {function};" if anew else ""
    return f"""
    DO $do$ DECLARE said text := pg_get_functiondef('{function}'::regprocedure); BEGIN{steps}
        {dropped}
        EXECUTE said;
    END $do$"""


def widened(function: str, callers: str, *pairs: tuple[str, str]) -> None:
    """The same for a function whose columns change; who may call it has to be said again."""
    op.execute(reworded(function, *pairs, anew=True))
    op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {callers}")


def upgrade() -> None:
    op.add_column("account", sa.Column("written_as", sa.Text(), nullable=True))
    op.execute("UPDATE account SET written_as = email")
    op.alter_column("account", "written_as", nullable=False)
    op.create_unique_constraint(op.f(UNIQUE), "account", ["written_as"])
    op.execute(NAMING)
    op.execute("REVOKE EXECUTE ON FUNCTION name_for_good() FROM PUBLIC")
    for trigger in TRIGGERS:
        op.execute(trigger)
    for function, old, new in REWORDED:
        op.execute(reworded(function, (old, new)))
    for function, callers, *pairs in WIDENED:
        widened(function, callers, *pairs)


def downgrade() -> None:
    for function, callers, *pairs in WIDENED:
        widened(function, callers, *((new, old) for old, new in pairs))
    for function, old, new in REWORDED:
        op.execute(reworded(function, (new, old)))
    op.execute("DROP FUNCTION name_for_good() CASCADE")
    op.drop_constraint(op.f(UNIQUE), "account", type_="unique")
    op.drop_column("account", "written_as")
