-- name: take
-- Take units of several buckets.
select granted, remaining, wait
from contextfs.take_allowances(
    %(orgs)s::uuid [], %(names)s::text [], %(units)s::integer [], %(seconds)s::integer [], %(least)s::integer [],
    %(most)s::integer [], %(now)s
)

-- name: expire
-- Forget buckets that are full again.
delete from allowances
where taken_until < %(before)s
