-- A pool of 10,000 producers in a tree of five levels, six career levels, 500 products with dated
-- rules of several ranks, agreements with and without reserve.
INSERT INTO pool (id, code, name) VALUES (:pool, 'bench-' || :pool, 'Bench');

INSERT INTO career_level (pool_id, id, code, rank)
SELECT :pool, n, 'L' || n, n FROM generate_series(1, 6) n;

INSERT INTO company (pool_id, id, code, name)
SELECT :pool, n, 'F' || n, 'Firm ' || n FROM generate_series(1, 10000) n;

INSERT INTO producer (pool_id, id, code, name, firm_id)
SELECT :pool, n, 'P' || n, 'Producer ' || n, n FROM generate_series(1, 10000) n;

INSERT INTO producer_payee (pool_id, producer_id, company_id, recorded_at)
SELECT :pool, n, n, :early FROM generate_series(1, 10000) n;

-- tree: 10 at the top, then 90, 900, 3,000 and 6,000 sellers
INSERT INTO placement (pool_id, producer_id, parent_id, valid, recorded_at)
SELECT :pool, n,
       CASE WHEN n <= 100 THEN 1 + n % 10 WHEN n <= 1000 THEN 11 + n % 90
            WHEN n <= 4000 THEN 101 + n % 900 ELSE 1001 + n % 3000 END,
       daterange('2020-01-01', NULL), :early
FROM generate_series(11, 10000) n;

-- levels rise up the tree; every third producer was promoted in spring 2026
INSERT INTO career (pool_id, producer_id, level_id, valid, recorded_at)
SELECT :pool, n, base, daterange('2020-01-01', CASE WHEN n % 3 = 0 THEN '2026-04-01'::date END),
       :early
FROM (SELECT n, CASE WHEN n <= 10 THEN 5 WHEN n <= 100 THEN 4 WHEN n <= 1000 THEN 3
                     WHEN n <= 4000 THEN 2 ELSE 1 END AS base
      FROM generate_series(1, 10000) n) x
UNION ALL
SELECT :pool, n, base + 1, daterange('2026-04-01', NULL), :early
FROM (SELECT n, CASE WHEN n <= 10 THEN 5 WHEN n <= 100 THEN 4 WHEN n <= 1000 THEN 3
                     WHEN n <= 4000 THEN 2 ELSE 1 END AS base
      FROM generate_series(1, 10000) n) x
WHERE n % 3 = 0;

INSERT INTO insurer (pool_id, id, code, name)
SELECT :pool, n, 'VU' || n, 'Insurer ' || n FROM generate_series(1, 20) n;

INSERT INTO line_of_business (pool_id, id, code)
SELECT :pool, n, 'line' || n FROM generate_series(1, 10) n;

INSERT INTO product (pool_id, id, code, name, insurer_id, line_id)
SELECT :pool, n, 'PR' || n, 'Product ' || n, 1 + n % 20, 1 + n % 10
FROM generate_series(1, 500) n;

-- dated rules of product and level; undated ones of line and level; own rates of some producers
INSERT INTO rule (pool_id, code, kind, product_id, level_id, rate_of, rate, valid, recorded_at)
SELECT :pool, format('A-%s-%s-%s', p, l, y), 'acquisition', p, l, 'basis',
       0.004 * l + 0.000001 * (p % 50),
       daterange(make_date(y, 1, 1), make_date(y + 1, 1, 1)), :early
FROM generate_series(1, 500) p, generate_series(1, 6) l, generate_series(2024, 2027) y;

INSERT INTO rule (pool_id, code, kind, line_id, level_id, rate_of, rate, valid, recorded_at)
SELECT :pool, format('R-%s-%s', n, l), 'recurring', n, l, 'received', 0.12 * l,
       daterange('2020-01-01', NULL), :early
FROM generate_series(1, 10) n, generate_series(1, 6) l;

INSERT INTO rule (pool_id, code, kind, producer_id, rate_of, rate, valid, recorded_at)
SELECT :pool, 'O-' || n, 'recurring', n, 'received', 0.15, daterange('2020-01-01', NULL), :early
FROM generate_series(4001, 4200) n;

INSERT INTO agreement (pool_id, kind, insurer_id, liability_months, valid, recorded_at)
SELECT :pool, 'acquisition', n, 60, daterange('2020-01-01', NULL), :early
FROM generate_series(1, 20) n;

-- a tenth of the products is under reserve
INSERT INTO agreement (pool_id, kind, product_id, liability_months, reserve_rate, valid,
                       recorded_at)
SELECT :pool, k, n * 10, 60, 0.1, daterange('2020-01-01', NULL), :early
FROM generate_series(1, 50) n, unnest(ARRAY['acquisition', 'recurring']) k
