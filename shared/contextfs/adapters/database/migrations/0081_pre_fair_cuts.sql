-- Logs are cut in parts, and in turn: a long one keeps no other waiting. Whose turn it is tells when each was looked at last.

set local check_function_bodies = off;

alter table contextfs.audit_retention add column looked_at timestamptz;
drop policy cuts on contextfs.audit_retention; -- it was for reading alone
create policy cuts on contextfs.audit_retention to contextfs_audit using (true) with check (true);
grant update (looked_at) on contextfs.audit_retention to contextfs_audit;

do $$
begin
    execute 'grant contextfs_audit to current_user'; -- whose functions they are
end
$$;

-- The last entry of each organization that it need not keep any more, and that its stream has delivered: all before it are as
-- old. The newest sealed entry always stays, so that the chain has an end. Who was looked at longest ago comes first.
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
        on a.org_id = r.org_id and a.position = least(kept.position, h.position, s.delivered_to + 1) - 1
    order by r.looked_at nulls first, r.org_id;
end
$$;

-- Say that an organization's log is looked at, to be cut.
create function contextfs.look_at_log(own uuid, at timestamptz) returns void
language sql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    update contextfs.audit_retention set looked_at = look_at_log.at where org_id = own
$$;

-- Let entries go up to a position, when all of them are old enough, the stream has delivered them where there is one, and
-- the chain holds up to there; gives how many. What somebody changed stays, for the check to tell. That they went is told
-- in the log itself. Entries are spelled as audit_digest does, and not by that function, which Postgres would call for each.
create or replace function contextfs.cut_audit(own uuid, until bigint, signature bytea, at timestamptz, entry_id uuid)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    days integer;
    before record;
    part record;
    delivered bigint;
begin
    -- Held until this is over: another run that cuts the same log waits, and finds these entries gone.
    select r.keep_days into days from contextfs.audit_retention as r where r.org_id = own for update;
    -- So is the stream: who sets it anew meanwhile does so after the cut, to a log that begins behind it.
    select s.delivered_to into delivered from contextfs.audit_streams as s where s.org_id = own for share;
    if days is null or delivered < until then
        return 0;
    end if;
    select c.position, c.hash into before from contextfs.audit_checkpoints as c
    where c.org_id = own order by c.position desc limit 1;
    if not found then
        select 0::bigint as position, ''::bytea as hash into before;
    end if;
    select
        count(*) as entries, max(e.position) as position,
        bool_and(
            e.at < cut_audit.at - make_interval(days => days)
            and e.position = before.position + e.place
            and e.hash = sha256(coalesce(e.hash_before, before.hash) || sha256(convert_to(jsonb_build_array(
                e.org_id, e.id, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.actor_id,
                e.actor, e.action, e.project_id, e.subject, e.request_id, e.details
            )::text, 'UTF8')))
        ) as holds
    into part
    from (
        select a.*, lag(a.hash) over in_order as hash_before, row_number() over in_order as place
        from contextfs.audit_log as a
        where a.org_id = own and a.position <= until
        window in_order as (order by a.position)
    ) as e;
    if part.holds is not true or part.position <> until then
        return 0;
    end if;
    insert into contextfs.audit_checkpoints (org_id, position, hash, signature, cut_at)
    select own, until, a.hash, cut_audit.signature, cut_audit.at from contextfs.audit_log as a
    where a.org_id = own and a.position = until;
    delete from contextfs.audit_log as a where a.org_id = own and a.position <= until;
    insert into contextfs.audit_log (org_id, id, at, actor_id, actor, action, request_id, details)
    values (
        own, entry_id, at, own, 'platform', 'audit_log.cut', 'retention',
        jsonb_build_object('until', until, 'entries', part.entries, 'keep_days', days)
    );
    return part.entries;
end
$$;

revoke all on function contextfs.look_at_log(uuid, timestamptz) from public;
grant execute on function contextfs.look_at_log(uuid, timestamptz) to contextfs_relay;
do $$
begin
    grant create on schema contextfs to contextfs_audit;
    alter function contextfs.look_at_log(uuid, timestamptz) owner to contextfs_audit;
    execute 'revoke contextfs_audit from current_user';
    revoke create on schema contextfs from contextfs_audit;
end
$$;
