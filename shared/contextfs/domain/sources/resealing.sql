-- name: sealed_texts
-- What is sealed or signed with a pepper, behind one of them.
select place, org_id, thing, sealed, said
from contextfs.sealed_texts(%(place)s, %(org_id)s, %(thing)s, %(most)s)

-- name: put_sealed
-- Put what was sealed anew in its place, unless somebody changed it.
select contextfs.put_sealed(%(place)s, %(org_id)s, %(thing)s, %(before)s, %(after)s) as done

-- name: tell_newest
-- From now on what is presented is hashed anew with this pepper, and with no other.
insert into contextfs_secret.newest_pepper as p (name) values (%(pepper)s)
on conflict (only_one) do update set name = excluded.name, told_at = now() where p.name <> excluded.name

-- name: hashed_otherwise
-- How many keys and directories' tokens are hashed with another pepper.
select contextfs.hashed_otherwise(%(pepper)s) as left
