-- Audit logs outside of the database: an export may hold one, and where their chains end is noted in files. The platform's own
-- role asks for the ends.
alter table contextfs.exports add column entries bigint not null default 0;

-- Up to where the chain of an organization is noted in its file, and when that was looked at last. It only spares the looking: what
-- holds is the file.
create table contextfs.audit_anchors (
    org_id uuid not null primary key,
    position bigint not null,
    looked_at timestamptz not null
);
alter table contextfs.audit_anchors enable row level security;
alter table contextfs.audit_anchors force row level security;
create policy anchors on contextfs.audit_anchors to contextfs_audit using (true) with check (true);
grant select, insert, update on contextfs.audit_anchors to contextfs_audit;

-- Reading a function's body, which says nothing of a tenant, would fail where even the owner sees no rows.
set local check_function_bodies = off;

-- Whose file is to be looked at: those whose end is not noted, and each once a day. Who was looked at longest ago comes first.
create function contextfs.audit_due(at timestamptz, most integer) returns setof uuid
language sql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    select h.org_id
    from contextfs.audit_heads as h
    left join contextfs.audit_anchors as n on n.org_id = h.org_id
    where n.org_id is null or (
        n.looked_at < audit_due.at and (n.position <> h.position or n.looked_at < audit_due.at - interval '1 day')
    )
    order by n.looked_at nulls first, h.org_id
    limit most
$$;

-- Say that an organization's file is looked at; false where somebody else began with that later.
create function contextfs.look_at_anchor(own uuid, at timestamptz) returns boolean
language sql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    with looked as (
        insert into contextfs.audit_anchors as n (org_id, position, looked_at) values (own, 0, look_at_anchor.at)
        on conflict (org_id) do update set looked_at = excluded.looked_at where n.looked_at < excluded.looked_at
        returning 1
    )
    select exists (select from looked)
$$;

-- Say up to where an organization's chain is noted.
create function contextfs.note_anchor(own uuid, until bigint) returns void
language sql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    update contextfs.audit_anchors set position = until where org_id = own
$$;

-- Where an organization's chain ends, and the end of what was let go of it.
create function contextfs.audit_end(own uuid)
returns table ("position" bigint, hash bytea, cut_position bigint, cut_hash bytea, signature bytea)
language sql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    select h.position, h.hash, c.position, c.hash, c.signature
    from contextfs.audit_heads as h
    left join lateral (
        select k.position, k.hash, k.signature from contextfs.audit_checkpoints as k
        where k.org_id = own order by k.position desc limit 1
    ) as c on true
    where h.org_id = own
$$;

-- A part of an organization's chain, each entry with the digest of what it says now.
create function contextfs.audit_links(own uuid, behind bigint, until bigint, most integer)
returns table ("position" bigint, hash bytea, digest bytea)
language sql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    select a.position, a.hash, contextfs.audit_digest(a)
    from contextfs.audit_log as a
    where a.org_id = own and a.position > behind and a.position <= until
    order by a.position
    limit most
$$;
revoke all on function contextfs.audit_due, contextfs.look_at_anchor, contextfs.note_anchor, contextfs.audit_end,
contextfs.audit_links from public;
grant execute on function contextfs.audit_due, contextfs.look_at_anchor, contextfs.note_anchor, contextfs.audit_end,
contextfs.audit_links to contextfs_relay;
do $$
begin
    grant create on schema contextfs to contextfs_audit;
    execute 'grant contextfs_audit to current_user';
    alter function contextfs.audit_due owner to contextfs_audit;
    alter function contextfs.look_at_anchor owner to contextfs_audit;
    alter function contextfs.note_anchor owner to contextfs_audit;
    alter function contextfs.audit_end owner to contextfs_audit;
    alter function contextfs.audit_links owner to contextfs_audit;
    execute 'revoke contextfs_audit from current_user';
    revoke create on schema contextfs from contextfs_audit;
end
$$;
