-- name: look
-- How often a credential was wrong at an address, before anybody is let in.
select tries, locked_until from contextfs.look_for_lock(%(org_id)s, %(target)s, %(address)s)

-- name: fail
-- Count a wrong try; tells, too, whether the organization is there.
insert into wrong_tries as w (org_id, target, address, tries, last_at)
values (%(org_id)s, %(target)s, %(address)s, 1, %(now)s)
on conflict (org_id, target, address) do update
set tries = case when w.last_at < %(forgotten)s then 1 else w.tries + 1 end, last_at = excluded.last_at
returning tries, exists(select from organizations as o where o.org_id = w.org_id) as is_known

-- name: lock
-- Look at nothing more until a time.
update wrong_tries set locked_until = %(until)s
where org_id = %(org_id)s and target = %(target)s and address = %(address)s

-- name: forgive
-- Forget the wrong tries of a credential that was right.
delete from wrong_tries
where org_id = %(org_id)s and target = %(target)s and address = %(address)s

-- name: expire_tries
-- Forget wrong tries that count no more.
delete from wrong_tries
where last_at < %(before)s
