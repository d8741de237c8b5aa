-- The tables of a calculation, filled anew for every packet; dictionaries grow over the packets.

-- the events at work, and whether an earlier run has looked at them
CREATE TEMP TABLE t_work (event_id bigint, booked boolean) ON COMMIT PRESERVE ROWS;

-- what of an event a rule can ask for (0 = no rule asks for it)
CREATE TEMP TABLE t_scope (
    scope_id int GENERATED ALWAYS AS IDENTITY, kind text, product_id int, organisation_id int,
    division_id int, currency text
) ON COMMIT PRESERVE ROWS;

-- scope and person for whom winners were looked for (there may be none)
CREATE TEMP TABLE t_context (
    scope_id int, level_id int, own_id int, own_group_id int, fresh boolean
) ON COMMIT PRESERVE ROWS;

-- the winners found, by stretch of days
CREATE TEMP TABLE t_winner (
    scope_id int, level_id int, own_id int, own_group_id int, from_day date, to_day date,
    rule_id int, rate_of text, rate numeric
) ON COMMIT PRESERVE ROWS;

CREATE TEMP TABLE t_event (
    event_id bigint, contract_id bigint, kind text, effective date, booked boolean,
    product_id int, currency text, organisation_id int, division_id int, sign int,
    basis numeric, received numeric, units numeric, rate_day date, level_day date,
    hierarchy_day date, agreement_id int, months int, reserve_rate numeric, liability_end date,
    earned bigint, earned_of bigint, void boolean, under_reserve boolean, held int, held_of int,
    receivable numeric, full_months int, daily boolean, in_force bigint, in_force_at_start bigint
) ON COMMIT PRESERVE ROWS;

-- the shares of the events, with their money parts; numbered within the packet
CREATE TEMP TABLE t_share (
    share_id int GENERATED ALWAYS AS IDENTITY, event_id bigint, position int, seller_id int,
    share numeric, scope_id int, basis numeric, received numeric, units numeric,
    rate_day date, level_day date, hierarchy_day date, effective date, sign int,
    earned bigint, earned_of bigint, under_reserve boolean, reserve_rate numeric,
    held int, held_of int
) ON COMMIT PRESERVE ROWS;

-- every share's line of producers upwards
CREATE TEMP TABLE t_line (
    share_id int, depth int, producer_id int, scope_id int, level_id int, own_id int,
    own_group_id int, group_id int, rate_day date
) ON COMMIT PRESERVE ROWS
