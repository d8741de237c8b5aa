-- What people look at: customers with names, contracts with premiums and states, applications, one
-- month of events of a twentieth of them. CAST(:names AS jsonb): [[last, first, sort key], …].
INSERT INTO customer (pool_id, id, firm_id, last_name, first_name, sort_key, birth_date, postcode,
                      city)
SELECT :pool, n, 1 + (n * 7919) % 9000, l.name ->> 0, l.name ->> 1, l.name ->> 2,
       date '1940-01-01' + (n % 23000)::int, lpad((n % 99999)::text, 5, '0'), 'Hamburg'
FROM generate_series(1, CAST(:count AS bigint) * 3 / 4) n
JOIN (SELECT ordinality - 1 AS number, value AS name
      FROM jsonb_array_elements(CAST(:names AS jsonb)) WITH ORDINALITY) l
    ON l.number = (n * 104729) % jsonb_array_length(CAST(:names AS jsonb));

INSERT INTO contract (pool_id, id, firm_id, number, number_key, insurer_id, line_id, product_id,
                      holder_id, producer_id, state, begin_on, cancelled_on, net_premium, currency,
                      frequency)
SELECT :pool, n, 1 + (n * 7919) % 9000, format('VK-%s-%s', n / 1000, lpad((n % 1000)::text, 3, '0')),
       format('VK%s%s', n / 1000, lpad((n % 1000)::text, 3, '0')), 1 + p % 20, 1 + p % 10, p,
       1 + (n * 31) % (CAST(:count AS bigint) * 3 / 4), 1001 + (n * 7919) % 9000,
       CASE WHEN n % 17 = 0 THEN 'cancelled' WHEN n % 41 = 0 THEN 'paid_up' ELSE 'active' END,
       date '2012-01-01' + (n % 5400)::int,
       CASE WHEN n % 17 = 0 THEN date '2025-06-01' + (n % 500)::int END,
       50 + (n * 37) % 4000 + (n % 100) * 0.01, 'EUR', 'yearly'
FROM (SELECT n, (1 + n % 500)::int AS p FROM generate_series(1, CAST(:count AS bigint)) n) x;

INSERT INTO contract_terms (pool_id, contract_id, product_id, currency, recorded_at)
SELECT :pool, n, (1 + n % 500)::int, 'EUR', :moment
FROM generate_series(1, CAST(:count AS bigint) / 20) n;

INSERT INTO contract_share (pool_id, contract_id, position, producer_id, share, share_from,
                            share_to, valid, recorded_at)
SELECT :pool, n, 0, 1001 + (n * 7919) % 9000, 1, 0, 1, daterange(NULL, NULL), :moment
FROM generate_series(1, CAST(:count AS bigint) / 20) n;

INSERT INTO event (pool_id, ref, contract_id, kind, effective, due, basis, received, recorded_at)
SELECT :pool, format('W%s-%s', n, k), n, CASE k WHEN 0 THEN 'acquisition' ELSE 'recurring' END,
       CAST(:day AS date) + (n % 28)::int, CAST(:day AS date) + (n % 28)::int,
       1000 + (n * 31 + k) % 50000, 200 + (n * 17 + k) % 3000 + ((n * 3) % 100) * 0.01, :moment
FROM generate_series(1, CAST(:count AS bigint) / 20) n, generate_series(0, 1) k;

INSERT INTO application (pool_id, firm_id, case_number, insurer_id, product_id, customer_id,
                         producer_id, state, applied_on, net_premium, currency)
SELECT :pool, 1 + (n * 7919) % 9000, 'V-2026-' || lpad(n::text, 6, '0'), 1 + p % 20, p,
       1 + (n * 31) % (CAST(:count AS bigint) * 3 / 4), 1001 + (n * 7919) % 9000,
       (ARRAY['submitted', 'sent_to_insurer', 'insurer_query', 'accepted', 'accepted', 'accepted',
              'accepted', 'rejected'])[1 + n % 8],
       date '2025-01-01' + (n % 680)::int, 50 + (n * 37) % 4000, 'EUR'
FROM (SELECT n, (1 + n % 500)::int AS p FROM generate_series(1, CAST(:count AS bigint) / 10) n) x
