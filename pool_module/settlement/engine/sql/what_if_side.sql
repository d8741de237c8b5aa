-- What a settlement would book of the events at work, as one side knows the facts.
INSERT INTO t_side
SELECT :side, event_id, producer_id, payee_id, payable, reserve, booked_payable, booked_reserve
FROM t_delta;

INSERT INTO t_side_event
SELECT :side, e.event_id, e.contract_id, e.currency, e.receivable, coalesce(sum(p.piece), 0)
FROM t_event e
LEFT JOIN t_piece p USING (event_id)
GROUP BY e.event_id, e.contract_id, e.currency, e.receivable
