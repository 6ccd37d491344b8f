-- name: insert_device
-- A device asks.
insert into devices (org_id, id, hash, user_code_hash, name, agent, seconds_between, expires_at)
values (%(org_id)s, %(id)s, %(hash)s, %(user_code_hash)s, %(name)s, %(agent)s, %(seconds_between)s, %(expires_at)s)

-- name: lock_device
-- What is known of a device that asks again.
select name, decision, for_org_id, for_user_id, seconds_between, polled_at, expires_at
from devices
where id = %(id)s and hash = any(%(hashes)s::bytea [])
for update

-- name: note_asked
-- It asked, and has to wait so long until it asks again.
update devices set polled_at = %(now)s, seconds_between = %(seconds_between)s
where id = %(id)s

-- name: forget_device
-- It has its answer, which is given once.
delete from devices
where id = %(id)s

-- name: decide_device
-- Somebody says whose it is.
select contextfs.decide_device(%(hash)s, %(user_id)s, %(decision)s, %(now)s) as name

-- name: expire_devices
-- Forget devices that nobody answered.
delete from devices
where expires_at < %(now)s
