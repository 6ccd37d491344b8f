-- Where an organization's audit log is streamed to, and how far it has come. The log itself is the queue: what is sealed
-- and was not taken yet is sent, in the order of the chain, and what was not taken is not let go by the retention.

create table contextfs.audit_streams (
    org_id uuid primary key references contextfs.organizations on delete cascade,
    url text not null,
    format text not null check (format in ('cloudevents', 'ocsf')),
    sealed bytea not null,
    former bytea,
    former_until timestamptz,
    authorization_sealed bytea,
    delivered_to bigint not null check (delivered_to >= 0),
    delivered_at timestamptz,
    next_at timestamptz not null,
    failures integer not null default 0,
    last_error text,
    last_error_at timestamptz,
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index audit_streams_next on contextfs.audit_streams (next_at);

alter table contextfs.audit_streams enable row level security;
alter table contextfs.audit_streams force row level security;
create policy tenant on contextfs.audit_streams to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy streams on contextfs.audit_streams to contextfs_audit using (true) with check (true);
grant select, insert, update, delete on contextfs.audit_streams to contextfs_app;
grant select (org_id, next_at, delivered_to), update (next_at) on contextfs.audit_streams to contextfs_audit;

-- Streams that have something to send and whose time has come; each is put off for a while, in which it is sent. The time
-- that it was due at names the event that tells of it.
create function contextfs.take_due_audit_streams(at timestamptz, most integer)
returns table (org_id uuid, due_at timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with due as materialized (
        select s.org_id, s.next_at
        from contextfs.audit_streams as s
        where s.next_at <= at and exists (
            select from contextfs.audit_heads as h where h.org_id = s.org_id and h.position > s.delivered_to
        )
        order by s.next_at
        limit most
        for update skip locked
    )
    update contextfs.audit_streams as s
    set next_at = at + interval '2 minutes'
    from due
    where s.org_id = due.org_id
    returning s.org_id, due.next_at;
end
$$;

do $$
begin
    execute 'grant contextfs_audit to current_user'; -- whose function the next one is
end
$$;

-- As before, but for what a stream has not delivered yet: that is kept, however old it is.
create or replace function contextfs.audit_to_cut(at timestamptz)
returns table (org_id uuid, "position" bigint, hash bytea)
language plpgsql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select a.org_id, a.position, a.hash
    from contextfs.audit_retention as r
    join contextfs.audit_heads as h on h.org_id = r.org_id
    left join contextfs.audit_streams as s on s.org_id = r.org_id
    cross join lateral (
        select coalesce(min(k.position), h.position) as position
        from contextfs.audit_log as k
        where k.org_id = r.org_id and k.position is not null and k.at >= audit_to_cut.at - make_interval(days => r.keep_days)
    ) as kept
    join contextfs.audit_log as a
        on a.org_id = r.org_id and a.position = least(kept.position, h.position, s.delivered_to + 1) - 1;
end
$$;

revoke all on function contextfs.take_due_audit_streams(timestamptz, integer) from public;
grant execute on function contextfs.take_due_audit_streams(timestamptz, integer) to contextfs_relay;
do $$
begin
    grant create on schema contextfs to contextfs_audit;
    alter function contextfs.take_due_audit_streams(timestamptz, integer) owner to contextfs_audit;
    execute 'revoke contextfs_audit from current_user';
    revoke create on schema contextfs from contextfs_audit;
end
$$;
