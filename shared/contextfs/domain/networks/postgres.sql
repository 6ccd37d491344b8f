-- name: get_list
-- The allow-list of the organization.
select networks::text [] as networks, covers, updated_at from allow_lists

-- name: put_list
-- Set the allow-list of the organization.
insert into allow_lists (org_id, networks, covers, updated_by, updated_at)
values (%(org_id)s, %(networks)s::text [] ::cidr [], %(covers)s::text [], %(updated_by)s, %(now)s)
on conflict (org_id) do update
set networks = excluded.networks, covers = excluded.covers, updated_by = excluded.updated_by,
    updated_at = excluded.updated_at

-- name: clear_list
-- Let the organization be called from everywhere.
delete from allow_lists where org_id = %(org_id)s
