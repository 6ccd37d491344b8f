-- As before: hash what is presented with the first pepper, where it was hashed with one of the others. Where it is, one question
-- tells, whose plan is kept: who brings what opens nothing costs that question alone, and not a look for each kind, three times.
create or replace function contextfs.renew_hash(
    claimed_org uuid, thing uuid, fresh bytea, stale bytea [], fresh_pepper text
)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    known constant bytea [] := fresh || stale;
    place record;
    done bigint;
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    for turn in 1..3 loop
        select p.name, p.kept, p.noted into place
        from (
            select 'api_keys', 'hash', ', pepper = $5' from contextfs.api_keys as k
            where k.org_id = claimed_org and k.id = thing and k.hash = any(known)
            union all
            select 'logins', case when l.hash = any(known) then 'hash' else 'earlier_hash' end, '' from contextfs.logins as l
            where l.org_id = claimed_org and l.id = thing and (l.hash = any(known) or l.earlier_hash = any(known))
            union all
            select 'access_tokens', 'hash', '' from contextfs.access_tokens as t
            where t.org_id = claimed_org and t.id = thing and t.hash = any(known)
            union all
            select 'grants', 'access_hash', '' from contextfs.grants as g
            where g.org_id = claimed_org and g.id = thing and g.access_hash = any(known)
            union all
            select 'scim_tokens', 'hash', ', pepper = $5' from contextfs.scim_tokens as t
            where t.org_id = claimed_org and t.id = thing and t.hash = any(known)
            union all
            select 'invitations', 'hash', '' from contextfs.invitations as i
            where i.org_id = claimed_org and i.id = thing and i.hash = any(known)
        ) as p (name, kept, noted);
        if not found then
            return false;
        end if;
        execute format(
            'update contextfs.%1$I set %2$I = $1%3$s where org_id = $2 and id = $3 and %2$I = any($4)',
            place.name, place.kept, place.noted
        ) using fresh, claimed_org, thing, stale, fresh_pepper;
        get diagnostics done = row_count;
        if done = 0 then
            execute format(
                'select from contextfs.%I where org_id = $2 and id = $3 and %I = $1 for share', place.name, place.kept
            ) using fresh, claimed_org, thing;
            get diagnostics done = row_count;
        end if;
        if done > 0 then
            return true;
        end if;
    end loop;
    return false;
end
$$;
