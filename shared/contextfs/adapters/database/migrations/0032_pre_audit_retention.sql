-- How long an organization keeps its audit log, and what stands in the place of what was let go: a checkpoint, from which
-- the chain is checked on. It is signed with a key that is not in the database.

create table contextfs.audit_retention (
    org_id uuid primary key references contextfs.organizations on delete cascade,
    keep_days integer not null check (keep_days between 30 and 36500),
    updated_by uuid not null,
    updated_at timestamptz not null
);
create table contextfs.audit_checkpoints (
    org_id uuid not null,
    position bigint not null,
    hash bytea not null,
    signature bytea not null,
    cut_at timestamptz not null,
    primary key (org_id, position)
);

do $$
declare
    own text;
begin
    foreach own in array array['audit_retention', 'audit_checkpoints'] loop
        execute format('alter table contextfs.%I enable row level security', own);
        execute format('alter table contextfs.%I force row level security', own);
        execute format(
            'create policy tenant on contextfs.%I to contextfs_app using (%s) with check (%2$s)', own,
            'org_id = (select contextfs.claim(''org_id'')::uuid)'
        );
    end loop;
end
$$;
create policy cuts on contextfs.audit_retention for select to contextfs_audit using (true);
create policy cuts on contextfs.audit_checkpoints to contextfs_audit using (true) with check (true);
grant select, insert, update, delete on contextfs.audit_retention to contextfs_app;
grant select on contextfs.audit_checkpoints to contextfs_app;
grant select on contextfs.audit_retention to contextfs_audit;
grant select, insert on contextfs.audit_checkpoints to contextfs_audit;
grant delete on contextfs.audit_log to contextfs_audit;
grant insert (org_id, id, at, actor_id, actor, action, request_id, details) on contextfs.audit_log to contextfs_audit;

-- The last entry of each organization that it need not keep any more: all before it are as old. The newest sealed entry
-- always stays, so that the chain has an end.
create function contextfs.audit_to_cut(at timestamptz)
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
    cross join lateral (
        select coalesce(min(k.position), h.position) as position
        from contextfs.audit_log as k
        where k.org_id = r.org_id and k.position is not null and k.at >= audit_to_cut.at - make_interval(days => r.keep_days)
    ) as kept
    join contextfs.audit_log as a on a.org_id = r.org_id and a.position = least(kept.position, h.position) - 1;
end
$$;

-- Let entries go up to a position, when all of them are old enough and the chain holds up to there; gives how many. What
-- somebody changed stays, for the check to tell. That they went is told in the log itself.
create function contextfs.cut_audit(own uuid, until bigint, signature bytea, at timestamptz, entry_id uuid)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    days integer := (select r.keep_days from contextfs.audit_retention as r where r.org_id = own);
    before record;
    entry contextfs.audit_log;
    cut integer := 0;
begin
    select c.position, c.hash into before from contextfs.audit_checkpoints as c
    where c.org_id = own order by c.position desc limit 1;
    if not found then
        select 0::bigint as position, ''::bytea as hash into before;
    end if;
    for entry in
        select a.* from contextfs.audit_log as a
        where a.org_id = own and a.position <= until order by a.position
    loop
        if days is null or entry.at >= at - make_interval(days => days) or entry.position <> before.position + 1
            or entry.hash <> sha256(before.hash || contextfs.audit_digest(entry))
        then
            return 0;
        end if;
        select entry.position as position, entry.hash as hash into before;
        cut := cut + 1;
    end loop;
    if cut = 0 or before.position <> until then
        return 0;
    end if;
    delete from contextfs.audit_log as a where a.org_id = own and a.position <= until;
    insert into contextfs.audit_checkpoints (org_id, position, hash, signature, cut_at)
    values (own, until, before.hash, signature, at);
    insert into contextfs.audit_log (org_id, id, at, actor_id, actor, action, request_id, details)
    values (
        own, entry_id, at, own, 'platform', 'audit_log.cut', 'retention',
        jsonb_build_object('until', until, 'entries', cut, 'keep_days', days)
    );
    return cut;
end
$$;

revoke all on function contextfs.audit_to_cut(timestamptz), contextfs.cut_audit(uuid, bigint, bytea, timestamptz, uuid)
from public;
grant execute on function contextfs.audit_to_cut(timestamptz),
contextfs.cut_audit(uuid, bigint, bytea, timestamptz, uuid) to contextfs_relay;
do $$
begin
    grant create on schema contextfs to contextfs_audit;
    execute 'grant contextfs_audit to current_user';
    alter function contextfs.audit_to_cut(timestamptz) owner to contextfs_audit;
    alter function contextfs.cut_audit(uuid, bigint, bytea, timestamptz, uuid) owner to contextfs_audit;
    execute 'revoke contextfs_audit from current_user';
    revoke create on schema contextfs from contextfs_audit;
end
$$;
