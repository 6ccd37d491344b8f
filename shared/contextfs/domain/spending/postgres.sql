-- name: one_by_one
-- Wait for one's turn among those who spend for this organization.
select pg_advisory_xact_lock(hashtextextended('spending:' || %(org_id)s::text, 0))

-- name: reserve
-- Write a call down that is about to be made, or that may not be made since it could pass the month's cap.
insert into model_calls (org_id, id, at, project_id, model, purpose, subject, upto, state, micros)
select
    %(org_id)s, %(id)s, %(now)s, %(project_id)s, %(model)s, %(purpose)s, %(subject)s, %(upto)s,
    case when fits then 'reserved' else 'refused' end, case when fits then %(micros)s else 0 end
from (
    select coalesce(sum(c.micros), 0) + %(micros)s <= %(cap)s as fits
    from model_calls as c
    where c.at >= %(since)s
) as spent
returning state

-- name: settle
-- How a call ended, and what it cost.
update model_calls
set state = %(state)s, input_tokens = %(input_tokens)s, output_tokens = %(output_tokens)s, micros = %(micros)s
where id = %(id)s

-- name: read_upto
-- How far a subject was read.
select coalesce(max(upto), 0) as upto
from model_calls
where subject = %(subject)s and purpose = %(purpose)s and state in ('done', 'unusable')

-- name: page
-- Calls of language models, newest first.
select id, at, project_id, model, purpose, subject, state, input_tokens, output_tokens, micros
from model_calls
where (%(at)s::timestamptz is null or (at, id) < (%(at)s, %(after)s))
order by at desc, id desc
limit %(limit)s
