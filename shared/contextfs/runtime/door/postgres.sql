-- name: reserve_key
-- Take an idempotency key; no row when it is taken. A twin that is still running is waited for.
insert into idempotency_keys (org_id, actor_id, key, request_hash, created_at)
values (%(org_id)s, %(actor_id)s, %(key)s, %(request_hash)s, %(now)s)
on conflict do nothing
returning key

-- name: earlier_reply
-- The reply that was given under an idempotency key.
select request_hash, status, headers, body
from idempotency_keys
where org_id = %(org_id)s and actor_id = %(actor_id)s and key = %(key)s

-- name: keep_reply
-- Keep a reply under its idempotency key.
update idempotency_keys
set status = %(status)s, headers = %(headers)s::jsonb, body = %(body)s
where org_id = %(org_id)s and actor_id = %(actor_id)s and key = %(key)s

-- name: settle
-- Write what a call leaves behind: events, the audit row, the meter.
select contextfs.settle(%(effects)s::jsonb)

-- name: settle_one
-- The same for a call that did one thing, told by values, which are read in a third less of the time. (The project comes
-- before its counter, as in the function. The counter, for which all writers of a project wait, reads from what else is
-- written: what nobody reads Postgres would write behind it. Where there is no such project to see, the feed's own key
-- or policy refuses.)
with outgoing as (
    insert into outbox (org_id, id, project_id, type, subject, time, actor, reader, data)
    values (
        %(org_id)s, %(event_id)s, %(event_project_id)s, %(event_type)s, %(event_subject)s, %(event_time)s,
        %(event_actor)s, %(event_reader)s, %(event_data)s::jsonb
    )
    returning 1
),

audited as (
    insert into audit_log (org_id, id, at, actor_id, actor, action, project_id, subject, request_id, details)
    values (
        %(org_id)s, %(audit_id)s, %(at)s, %(actor_id)s, %(actor)s, %(action)s, %(project_id)s, %(subject)s,
        %(request_id)s, %(details)s::jsonb
    )
    returning 1
),

metered as (
    insert into usage_records (org_id, id, at, actor_id, project_id, meter, quantity, request_id)
    values (
        %(org_id)s, %(usage_id)s, %(at)s, %(actor_id)s, %(project_id)s, %(meter)s, %(quantity)s, %(request_id)s
    )
    returning 1
),

project as (
    select p.org_id, p.id
    from projects as p
    where p.org_id = %(org_id)s and p.id = %(change_project_id)s
    for key share of p
),

counter as (
    insert into feed_counters as f (org_id, project_id, position)
    select p.org_id, p.id, 1 from project as p, outgoing, audited, metered
    on conflict (org_id, project_id) do update set position = f.position + 1
    returning f.position
)

insert into feed (org_id, project_id, position, kind, subject, items, size, reader, origin)
select
    %(org_id)s, %(change_project_id)s, coalesce((select n.position from counter as n), 0), %(change_kind)s,
    %(change_subject)s, %(change_items)s::text [], %(change_size)s, %(change_reader)s::uuid, %(change_origin)s::uuid
