-- name: get
-- The stream of the organization, with how many entries it has not delivered yet.
select
    s.url, s.format, s.authorization_sealed is not null as has_authorization, s.delivered_to, s.delivered_at,
    s.skipped, s.last_skipped, s.failures, s.last_error, s.last_error_at, s.next_at, s.former_until, s.created_at, s.updated_at,
    (select count(*) from audit_log as a where a.position > s.delivered_to)
    + (select count(*) from audit_log as a where a.position is null) as behind
from audit_streams as s

-- name: put
-- Set where the log is streamed to. What was delivered stays so, and it is tried at once.
insert into audit_streams (
    org_id, url, format, sealed, authorization_sealed, delivered_to, next_at, set_at, created_by, created_at, updated_at
)
values (
    %(org_id)s, %(url)s, %(format)s, %(sealed)s, %(authorization)s,
    case when %(backfill)s then 0 else coalesce((select h.position from audit_heads as h), 0) end,
    %(now)s, %(now)s, %(by)s, %(now)s, %(now)s
)
on conflict (org_id) do update
set url = excluded.url, format = excluded.format, authorization_sealed = excluded.authorization_sealed,
    delivered_to = case when %(backfill)s then 0 else audit_streams.delivered_to end,
    next_at = excluded.next_at, set_at = excluded.set_at, refused = null, failures = 0, last_error = null,
    last_error_at = null, updated_at = excluded.updated_at
returning created_at = updated_at as is_new

-- name: rotate
-- Give the stream a new secret; what it sends is signed by the one that it had, too, until a time.
update audit_streams
set former = sealed, former_until = %(former_until)s, sealed = %(sealed)s, next_at = %(now)s, updated_at = %(now)s

-- name: delete
-- Stream the log no more.
delete from audit_streams

-- name: sealed
-- What a stream signs and authorizes with, and where it sends to.
select url, format, set_at, delivered_to, refused, failures, sealed, authorization_sealed,
    case when former_until > %(now)s then former end as former
from audit_streams

-- name: waiting
-- Sealed entries that follow a position, in the order of the chain.
select
    a.id, a.at, a.actor, a.actor_id, a.action, a.project_id, a.subject, a.request_id, a.details, a.position,
    encode(a.hash, 'hex') as hash
from audit_log as a
where a.position > %(after)s
order by a.position
limit %(limit)s

-- name: lease
-- Keep a stream from being due while it is sent.
update audit_streams
set next_at = %(until)s

-- name: delivered
-- Note up to where entries were taken, unless the stream was set anew meanwhile: then they are sent again.
update audit_streams
set delivered_to = %(position)s, delivered_at = %(now)s, next_at = %(next_at)s, refused = null, failures = 0,
    last_error = null, last_error_at = null
where delivered_to = %(after)s and url = %(url)s

-- name: skipped
-- Go on behind an entry that the destination will not take, unless the stream was set anew meanwhile.
update audit_streams
set delivered_to = %(position)s, skipped = skipped + 1, last_skipped = %(position)s, next_at = %(now)s, refused = null,
    failures = 0, last_error = %(error)s, last_error_at = %(now)s
where delivered_to = %(after)s and url = %(url)s

-- name: failed
-- Note that entries were not taken, why, and when they are sent again.
update audit_streams
set failures = failures + 1, refused = %(refused)s, last_error = %(error)s, last_error_at = %(now)s, next_at = %(next_at)s
where url = %(url)s

-- name: take_due
-- Take the streams of any organization that have something to send.
select org_id, due_at from contextfs.take_due_audit_streams(%(now)s, %(most)s)
