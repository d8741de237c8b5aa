-- A month of business: contracts (one in ten shared by two sellers) with two events each.
INSERT INTO contract (pool_id, id, number, number_key, insurer_id, line_id, product_id)
SELECT :pool, n, 'C' || n, 'C' || n, 1 + p % 20, 1 + p % 10, p
FROM (SELECT n, (1 + n % 500)::int AS p
      FROM generate_series(CAST(:first AS bigint), CAST(:first AS bigint) + CAST(:count AS bigint) - 1) n) x;

INSERT INTO contract_terms (pool_id, contract_id, product_id, currency, recorded_at)
SELECT :pool, n, 1 + n % 500, 'EUR', :moment
FROM generate_series(CAST(:first AS bigint), CAST(:first AS bigint) + CAST(:count AS bigint) - 1) n;

INSERT INTO contract_share (pool_id, contract_id, position, producer_id, share, share_from,
                            share_to, valid, recorded_at)
SELECT :pool, n, s, 1001 + ((n * 7919 + s * 4271) % 9000),
       CASE WHEN n % 10 > 0 THEN 1 WHEN s = 0 THEN 0.6 ELSE 0.4 END,
       CASE s WHEN 0 THEN 0 ELSE 0.6 END,
       CASE WHEN n % 10 > 0 OR s = 1 THEN 1 ELSE 0.6 END,
       daterange(NULL, NULL), :moment
FROM generate_series(CAST(:first AS bigint), CAST(:first AS bigint) + CAST(:count AS bigint) - 1) n, generate_series(0, 1) s
WHERE s = 0 OR n % 10 = 0;

INSERT INTO event (pool_id, ref, contract_id, kind, effective, due, basis, received, recorded_at)
SELECT :pool, format('E%s-%s', n, k), n,
       CASE k WHEN 0 THEN 'acquisition' ELSE 'recurring' END,
       CAST(:day AS date) + (n % 28)::int, CAST(:day AS date) + (n % 28)::int,
       1000 + (n * 31 + k) % 50000 + ((n * 7) % 100) * 0.01,
       200 + (n * 17 + k) % 3000 + ((n * 3) % 100) * 0.01,
       :moment
FROM generate_series(CAST(:first AS bigint), CAST(:first AS bigint) + CAST(:count AS bigint) - 1) n, generate_series(0, 1) k
