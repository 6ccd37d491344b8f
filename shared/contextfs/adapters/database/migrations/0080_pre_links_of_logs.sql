-- Who keeps the ends of logs outside reads no function's word for what an entry says, and an organization sees its own anchor.

set local check_function_bodies = off;

drop policy if exists tenant on contextfs.audit_anchors;
create policy tenant on contextfs.audit_anchors to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
grant select on contextfs.audit_anchors to contextfs_app;

do $$
begin
    execute 'grant contextfs_audit to current_user'; -- whose function it is
end
$$;

-- A part of an organization's chain, each entry with the digest of what it says now: as audit_digest spells it, and not by that
-- function, which Postgres would call for each entry.
create or replace function contextfs.audit_links(own uuid, behind bigint, until bigint, most integer)
returns table ("position" bigint, hash bytea, digest bytea)
language sql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    select
        a.position, a.hash,
        pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.jsonb_build_array(
            a.org_id, a.id, pg_catalog.to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor_id,
            a.actor, a.action, a.project_id, a.subject, a.request_id, a.details
        )::text, 'UTF8'))
    from contextfs.audit_log as a
    where a.org_id = own and a.position > behind and a.position <= until
    order by a.position
    limit most
$$;

do $$
begin
    execute 'revoke contextfs_audit from current_user';
end
$$;
