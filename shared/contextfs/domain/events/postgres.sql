-- name: claim_outbox
-- Take events for publishing, for as long as the lease lasts. What is taken is found once, by the order of an index, and
-- changed by its place: the planner's idea of a table that is empty in one moment and full in the next is always wrong,
-- and joined by their keys the rows were looked for again and again, and more of them taken than the limit.
with taken as materialized (
    select o.ctid as place
    from outbox as o
    where o.locked_until is null or o.locked_until < %(now)s
    order by o.time, o.id
    limit %(limit)s
    for update skip locked
)
update outbox
set locked_until = %(lease)s, attempts = outbox.attempts + 1
where outbox.ctid = any(array(select taken.place from taken))
returning outbox.org_id, outbox.id, outbox.project_id, outbox.type, outbox.subject, outbox.time, outbox.actor,
    outbox.reader, outbox.data

-- name: clear_outbox
-- Forget events that were published.
delete from outbox
where (org_id, id) in (select * from unnest(%(orgs)s::uuid [], %(ids)s::uuid []))

-- name: add_delivery
-- Bring an event to a consumer; nothing happens when it is there.
insert into deliveries (org_id, consumer, event_id, event, run_at)
values (%(org_id)s, %(consumer)s, %(event_id)s, %(event)s::jsonb, %(now)s)
on conflict do nothing

-- name: claim_deliveries
-- Take deliveries to some consumers that are due, for as long as the lease lasts; those of each consumer come in the
-- order of an index, so that taking a few costs the same however many wait. Changed by their place: as above.
with due as materialized (
    select d.*
    from unnest(%(consumers)s::text []) as wanted (consumer)
    cross join lateral (
        select d.ctid as place, d.run_at, d.event_id
        from deliveries as d
        where d.consumer = wanted.consumer and d.run_at <= %(now)s
            and (d.locked_until is null or d.locked_until < %(now)s)
        order by d.run_at, d.event_id
        limit %(limit)s
        for update skip locked
    ) as d
), taken as materialized (
    select place
    from due
    order by run_at, event_id
    limit %(limit)s
)
update deliveries
set locked_until = %(lease)s, attempts = deliveries.attempts + 1
where deliveries.ctid = any(array(select taken.place from taken))
returning deliveries.org_id, deliveries.consumer, deliveries.event_id, deliveries.event, deliveries.attempts

-- name: finish_delivery
-- Forget a delivery that was taken.
delete from deliveries
where org_id = %(org_id)s and consumer = %(consumer)s and event_id = %(event_id)s

-- name: renew_delivery
-- Keep others away from a delivery for longer, unless one of them has taken it.
update deliveries
set locked_until = %(lease)s
where org_id = %(org_id)s and consumer = %(consumer)s and event_id = %(event_id)s and attempts = %(attempts)s

-- name: postpone_delivery
-- Try a delivery again later.
update deliveries
set run_at = %(run_at)s, locked_until = null
where org_id = %(org_id)s and consumer = %(consumer)s and event_id = %(event_id)s

-- name: bury
-- Keep a delivery that failed too often where an admin sees it.
insert into dead_letters (org_id, id, consumer, event_id, event, error, attempts, failed_at)
values (
    %(org_id)s, %(id)s, %(consumer)s, %(event_id)s, %(event)s::jsonb, %(error)s, %(attempts)s, %(now)s
)
on conflict (org_id, consumer, event_id) do update
set error = excluded.error, attempts = excluded.attempts, failed_at = excluded.failed_at, replayed_at = null

-- name: dead_letter_page
-- Events that could not be delivered, newest first, of the caller's projects.
select id, consumer, event_id, event, error, attempts, failed_at, replayed_at
from dead_letters
where (%(at)s::timestamptz is null or (failed_at, id) < (%(at)s, %(after)s))
    and (
        contextfs.claim('all_projects') = 'on'
        or (event ->> 'project_id')::uuid = any(contextfs.claim('project_ids')::uuid [])
    )
order by failed_at desc, id desc
limit %(limit)s

-- name: replay
-- Mark a dead letter of the caller's projects as sent again.
update dead_letters
set replayed_at = %(now)s
where id = %(id)s
    and (
        contextfs.claim('all_projects') = 'on'
        or (event ->> 'project_id')::uuid = any(contextfs.claim('project_ids')::uuid [])
    )
returning id, consumer, event_id, event, error, attempts, failed_at, replayed_at

-- name: publish
-- Put an event into the outbox, unless it waits there already; nobody takes it from there before `at`.
insert into outbox (org_id, id, project_id, type, subject, time, actor, reader, data, locked_until)
values (
    %(org_id)s, %(id)s, %(project_id)s, %(type)s, %(subject)s, %(time)s, %(actor)s, %(reader)s, %(data)s::jsonb, %(at)s
)
on conflict do nothing

-- name: waiting
-- How many events are on their way.
select (select count(*) from outbox) as outbox, (select count(*) from deliveries) as deliveries

-- name: untaken
-- Of how many things, of all organizations, those events tell that some consumers are to take, each with the noun in the
-- types of its events. Left out are `idle` types.
select count(*) as things
from (
    select o.subject::text
    from outbox as o
    where split_part(o.type, '.', 1) = any(%(nouns)s::text []) and o.type <> all(%(idle)s::text [])
    union
    select d.event ->> 'subject'
    from deliveries as d
    where d.consumer = any(%(consumers)s::text []) and coalesce(d.event ->> 'type', '') <> all(%(idle)s::text [])
) as things

-- name: awaited
-- What the newest events tell of that some consumers of the organization have not taken, each with the noun in the types
-- of its events. Whether one was taken is asked of each by its key: joined, all that was taken in a month would be read.
select array_agg(distinct e.subject) as subjects
from contextfs.newest_events(%(consumers)s::text [], %(nouns)s::text [], %(idle)s::text [], %(most)s) as e
where (
    select c.event_id from consumed_events as c
    where c.org_id = (select contextfs.claim('org_id')::uuid) and c.consumer = e.consumer and c.event_id = e.event_id
    limit 1
) is null

-- name: expire_consumed
-- Forget which events were taken, when no copy of them can still arrive: one that is a dead letter of any consumer can be
-- sent again, to all of them.
delete from consumed_events as c
where c.consumed_at < %(before)s
    and not exists (select from dead_letters as d where d.org_id = c.org_id and d.event_id = c.event_id)

-- name: expire_replies
-- Forget replies that no honest client asks for again.
delete from idempotency_keys
where created_at < %(before)s
