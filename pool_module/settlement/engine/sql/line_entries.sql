-- What a closed run booked for producers, one row per event and producer, and what earlier runs
-- had booked for the same: from these the lines of the statements are made.
CREATE TEMP TABLE t_entry ON COMMIT PRESERVE ROWS AS
SELECT event_id, producer_id, max(payee_id) AS payee_id, max(currency) AS currency,
       max(rule_id) AS rule_id,
       coalesce(sum(amount) FILTER (WHERE account = 2), 0) AS payable,
       coalesce(sum(amount) FILTER (WHERE account = 3), 0) AS reserve
FROM posting
WHERE pool_id = :pool AND run_id = :run AND account IN (2, 3)
GROUP BY event_id, producer_id;

CREATE TEMP TABLE t_event_before ON COMMIT PRESERVE ROWS AS
SELECT p.event_id, min(p.run_id) AS first_run
FROM (SELECT DISTINCT event_id FROM t_entry) e
JOIN posting p ON p.pool_id = :pool AND p.event_id = e.event_id AND p.run_id = ANY(:earlier)
GROUP BY p.event_id;

CREATE TEMP TABLE t_entry_before ON COMMIT PRESERVE ROWS AS
SELECT p.event_id, p.producer_id, max(p.payee_id) AS payee_id,
       min(p.run_id) AS first_run, max(p.run_id) AS last_run,
       (array_agg(p.rule_id ORDER BY p.run_id DESC) FILTER (WHERE p.rule_id IS NOT NULL))[1]
           AS rule_id
FROM t_entry n
JOIN t_event_before f ON f.event_id = n.event_id
JOIN posting p ON p.pool_id = :pool AND p.event_id = n.event_id AND p.run_id = ANY(:earlier)
    AND p.producer_id = n.producer_id AND p.account IN (2, 3)
GROUP BY p.event_id, p.producer_id;

-- what the calculation says of an entry, packet by packet
CREATE TEMP TABLE t_part (
    event_id bigint, producer_id int, product_id int, liability_end date, level_id int,
    base numeric, share numeric, own_sale boolean, below_id int
) ON COMMIT PRESERVE ROWS;

CREATE TEMP TABLE t_bound ON COMMIT PRESERVE ROWS AS
SELECT event_id
FROM (SELECT event_id, row_number() OVER (ORDER BY event_id) AS number, count(*) OVER () AS events
      FROM (SELECT DISTINCT event_id FROM t_entry) e) n
WHERE number % :size = 0 OR number = events;

-- the statements a line stands on or speaks of; the table itself has no statistics yet
CREATE TEMP TABLE t_stated ON COMMIT PRESERVE ROWS AS
SELECT id, firm_id, run_id, company_id, currency, number
FROM statement
WHERE pool_id = :pool AND (run_id = :run OR run_id IN (
    SELECT first_run FROM t_entry_before UNION SELECT last_run FROM t_entry_before));

ANALYZE t_entry, t_event_before, t_entry_before, t_stated
