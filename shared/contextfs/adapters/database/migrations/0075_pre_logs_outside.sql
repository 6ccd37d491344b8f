-- Audit logs outside of the database: an export may hold one, and where their chains end is noted in files. The platform's own
-- role asks for the ends.
alter table contextfs.exports add column entries bigint not null default 0;

-- Reading a function's body, which says nothing of a tenant, would fail where even the owner sees no rows.
set local check_function_bodies = off;

-- The ends of chains that were sealed since a moment, of any organization behind one of them.
create function contextfs.audit_ends(since timestamptz, behind uuid, most integer)
returns table (org_id uuid, "position" bigint, hash bytea)
language sql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    select h.org_id, h.position, h.hash from contextfs.audit_heads as h
    where h.sealed_at >= since and h.org_id > behind
    order by h.org_id
    limit most
$$;

-- What stands at a position of an organization's chain, and the end of what was let go of it.
create function contextfs.audit_place(own uuid, place bigint)
returns table (hash bytea, cut_position bigint, cut_hash bytea, signature bytea)
language sql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    select
        (select a.hash from contextfs.audit_log as a where a.org_id = own and a.position = place),
        c.position, c.hash, c.signature
    from (select 1) as always
    left join lateral (
        select k.position, k.hash, k.signature from contextfs.audit_checkpoints as k
        where k.org_id = own order by k.position desc limit 1
    ) as c on true
$$;
revoke all on function contextfs.audit_ends, contextfs.audit_place from public;
grant execute on function contextfs.audit_ends, contextfs.audit_place to contextfs_relay;
do $$
begin
    grant create on schema contextfs to contextfs_audit;
    execute 'grant contextfs_audit to current_user';
    alter function contextfs.audit_ends owner to contextfs_audit;
    alter function contextfs.audit_place owner to contextfs_audit;
    execute 'revoke contextfs_audit from current_user';
    revoke create on schema contextfs from contextfs_audit;
end
$$;
