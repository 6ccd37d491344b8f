-- Up to where a log may be cut is asked first, and cut later: a stream that was set anew in between, to begin from the start,
-- would miss what it has still to deliver. So the cut looks itself.

do $$
begin
    execute 'grant contextfs_audit to current_user'; -- whose function it is
end
$$;

-- Let entries go up to a position, when all of them are old enough, the stream has delivered them where there is one, and
-- the chain holds up to there; gives how many. What somebody changed stays, for the check to tell. That they went is told
-- in the log itself.
create or replace function contextfs.cut_audit(own uuid, until bigint, signature bytea, at timestamptz, entry_id uuid)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    days integer := (select r.keep_days from contextfs.audit_retention as r where r.org_id = own);
    before record;
    entry contextfs.audit_log;
    cut integer := 0;
    delivered bigint;
begin
    -- Held until this is over: who sets the stream anew meanwhile does so after the cut, to a log that begins behind it.
    select s.delivered_to into delivered from contextfs.audit_streams as s where s.org_id = own for share;
    if delivered < until then
        return 0;
    end if;
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

do $$
begin
    execute 'revoke contextfs_audit from current_user';
end
$$;
