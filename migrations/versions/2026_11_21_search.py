"""Words by which things are found, kept by triggers.

A trigger misses nothing, whoever writes: a clerk, a broker, an import of 100,000 contracts. The
rules are those of ``shared.search_words``, in SQL; a test holds the two to each other. The triggers
write as their owner: no app has a right to write words, so no broker can put his into another's.
"""

import sqlalchemy as sa
from alembic import op

revision = "search"
down_revision = "figures"
branch_labels = None
depends_on = None

INTRANET, EXTRANET, WORKER = "brokerpool_intranet", "brokerpool_extranet", "brokerpool_worker"
APPS = f"{INTRANET}, {EXTRANET}, {WORKER}"
POOL = "(SELECT current_setting('app.pool_id')::int)"
FIRMS = "ANY((SELECT app_firms())::int[])"

PLAIN_FROM = (
    "àáâãäåāăąçćĉċčďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľłñńņňòóôõöøōŏőŕŗřśŝşšșţťțùúûüũūŭůűųŵýÿŷźżž"
)
PLAIN_TO = "aaaaaaaaacccccddeeeeeeeeegggghhiiiiiiiiijkllllnnnnooooooooorrrssssstttuuuuuuuuuuwyyyzzz"
PLAIN_PAIRS = (("ß", "ss"), ("æ", "ae"), ("œ", "oe"), ("þ", "th"), ("ð", "d"))
APOSTROPHES = "''’ʼ‘ʹ`´ʻ＇"  # the first doubled, as SQL writes it
# letters that become one letter or none; the others become several
CYRILLIC_ONE = ("абвгґдеёзиіїйклмнопрстуфхыэьъ", "abvhgdeeziiiiklmnoprstufhie")
CYRILLIC_MORE = (
    ("є", "ie"), ("ж", "zh"), ("ц", "ts"), ("ч", "ch"), ("ш", "sh"), ("щ", "shch"), ("ю", "iu"),
    ("я", "ia"),
)  # fmt: skip
GERMAN_ONE = ("абвгґдезиійклмнопрстуфцыэьъ", "abwhgdesyijklmnoprstufzye")
GERMAN_MORE = (
    ("є", "je"), ("ё", "jo"), ("ж", "sch"), ("ї", "ji"), ("х", "ch"), ("ч", "tsch"), ("ш", "sch"),
    ("щ", "schtsch"), ("ю", "ju"), ("я", "ja"),
)  # fmt: skip
FOLDS = (
    ("schtsch", "shch"), ("tsch", "ch"), ("sch", "sh"), ("kh", "h"), ("ae", "a"), ("oe", "o"),
    ("ue", "u"), ("ss", "s"), ("w", "v"), ("y", "i"), ("j", "i"),
)  # fmt: skip
# table: its name's columns, its numbers' columns, whose it is, whether it is private
KEPT = {
    "application": ((), ("case_number", "broker_number", "insurer_number"), "firm_id", "false"),
    "company": (("name",), ("code", "register_number"), "NULL::int", "false"),
    "contract": ((), ("number", "case_number"), "firm_id", "private"),
    "customer": (("last_name", "first_name"), (), "firm_id", "private"),
    "insurer": (("name",), ("code",), "NULL::int", "false"),
    "producer": (("name",), ("code",), "NULL::int", "false"),
    "product": (("name",), ("code",), "NULL::int", "false"),
    "statement": ((), ("number",), "firm_id", "false"),
}


def upgrade() -> None:
    op.create_table(
        "search_word",
        sa.Column("pool_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.BigInteger, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("firm_id", sa.Integer),
        sa.Column("private", sa.Boolean, server_default="false", nullable=False),
        sa.PrimaryKeyConstraint(
            "pool_id", "kind", "subject_id", "word", name=op.f("pk_search_word")
        ),
    )
    functions()
    for table in KEPT:
        keep(table)
    op.create_index(
        "ix_search_word_word",
        "search_word",
        ["pool_id", "kind", "word", "firm_id", "private", "subject_id"],
    )
    # an amount typed into the search
    op.create_index("ix_statement_line_payable", "statement_line", ["pool_id", "payable_cents"])
    # applications by month, and their list by day
    op.create_index(
        "ix_application_applied_on",
        "application",
        ["pool_id", sa.text("applied_on DESC NULLS LAST"), sa.text("id DESC")],
    )
    walls()


def downgrade() -> None:
    op.drop_index("ix_application_applied_on", "application")
    for table in KEPT:
        op.execute(f"DROP FUNCTION keep_{table}_words() CASCADE")
        op.execute(f"DROP FUNCTION renew_{table}_words() CASCADE")
    op.drop_index("ix_statement_line_payable", "statement_line")
    op.drop_table("search_word")
    for function in (
        "search_words(text[])", "search_numbers(text[])", "search_folded(text)",
        "search_german(text)", "search_plain(text)",
    ):  # fmt: skip
        op.execute(f"DROP FUNCTION {function}")


def functions() -> None:
    """Make ``shared.search_words`` in SQL."""
    head = "RETURNS {} LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT {} $$"
    lowered = "lower(replace(normalize(given, NFC), 'İ', 'i'))"
    plain = (
        f"translate({replaced(lowered, PLAIN_PAIRS)}, '{PLAIN_FROM}{APOSTROPHES}', '{PLAIN_TO}')"
    )
    op.execute(f"CREATE FUNCTION search_plain(given text) {head.format('text', plain)}")
    latin = replaced(f"translate(given, '{CYRILLIC_ONE[0]}', '{CYRILLIC_ONE[1]}')", CYRILLIC_MORE)
    folded = f"regexp_replace({replaced(latin, FOLDS)}, 'i{{2,}}', 'i', 'g')"
    op.execute(f"CREATE FUNCTION search_folded(given text) {head.format('text', folded)}")
    german = replaced(f"translate(given, '{GERMAN_ONE[0]}', '{GERMAN_ONE[1]}')", GERMAN_MORE)
    op.execute(f"CREATE FUNCTION search_german(given text) {head.format('text', german)}")
    op.execute("""
        CREATE FUNCTION search_words(VARIADIC names text[]) RETURNS SETOF text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT DISTINCT form FROM unnest(names) AS name,
                regexp_split_to_table(search_plain(name), '[^[:alnum:]]+') AS word,
                LATERAL (VALUES (word), (search_folded(word)),
                    (CASE WHEN word ~ '[а-яєіїґё]' THEN search_german(word) END)) AS forms (form)
            WHERE word <> '' AND form <> ''
        $$""")
    op.execute("""
        CREATE FUNCTION search_numbers(VARIADIC numbers text[]) RETURNS SETOF text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT DISTINCT form FROM (
                SELECT regexp_replace(search_plain(number), '[^[:alnum:]]+', '', 'g') AS key
                FROM unnest(numbers) AS number
            ) AS keys, LATERAL (VALUES (key), (regexp_replace(key, '^[^0-9]+', ''))) AS forms (form)
            WHERE form <> ''
        $$""")


def keep(table: str) -> None:
    """Keep a table's words: all of a statement at once when it inserts, a row's when it changes."""
    names, numbers, firm, private = KEPT[table]
    words = " UNION ".join(
        f"SELECT {function}({', '.join('it.' + c for c in columns)})"
        for function, columns in (("search_words", names), ("search_numbers", numbers))
        if columns
    )
    owner = ", ".join("it." + c if c in {"firm_id", "private"} else c for c in (firm, private))
    insert = (
        "INSERT INTO search_word (pool_id, kind, subject_id, word, firm_id, private) "
        f"SELECT it.pool_id, '{table}', it.id, found.word, {owner} "
        f"FROM {{source}} AS it, LATERAL ({words}) AS found (word)"
    )
    definer = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"
    op.execute(
        f"CREATE FUNCTION keep_{table}_words() {definer} AS $$ "
        f"BEGIN {insert.format(source='made')}; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE FUNCTION renew_{table}_words() {definer} AS $$ BEGIN "
        "DELETE FROM search_word WHERE pool_id = OLD.pool_id "
        f"AND kind = '{table}' AND subject_id = OLD.id; "
        f"{insert.format(source='(SELECT NEW.*)')}; RETURN NULL; END $$"
    )
    for function in (f"keep_{table}_words()", f"renew_{table}_words()"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
    op.execute(
        f"CREATE TRIGGER keep_words AFTER INSERT ON {table} REFERENCING NEW TABLE AS made "
        f"FOR EACH STATEMENT EXECUTE FUNCTION keep_{table}_words()"
    )
    watched = [*names, *numbers, *(c for c in (firm, private) if c in {"firm_id", "private"})]
    changed = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in watched)
    op.execute(
        f"CREATE TRIGGER renew_words AFTER UPDATE OF {', '.join(watched)} ON {table} "
        f"FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION renew_{table}_words()"
    )
    op.execute(insert.format(source=table))


def walls() -> None:
    """Let each door find what it may see; nobody writes."""
    op.execute("ALTER TABLE search_word ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY floor ON search_word AS RESTRICTIVE TO {APPS} "
        f"USING (pool_id = {POOL}) WITH CHECK (pool_id = {POOL})"
    )
    for name, role in (("staff", INTRANET), ("jobs", WORKER)):
        op.execute(
            f"CREATE POLICY {name} ON search_word TO {role} "
            "USING (NOT private) WITH CHECK (NOT private)"
        )
    op.execute(
        f"CREATE POLICY firm ON search_word FOR SELECT TO {EXTRANET} USING (firm_id = {FIRMS})"
    )
    op.execute(
        f"CREATE POLICY range ON search_word FOR SELECT TO {EXTRANET} "
        "USING (firm_id IS NULL AND kind IN ('insurer', 'product'))"
    )
    op.execute(f"GRANT SELECT ON search_word TO {APPS}")


def replaced(expression: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """Nest a replacement per pair, the first innermost."""
    for old, new in pairs:
        expression = f"replace({expression}, '{old}', '{new}')"
    return expression
