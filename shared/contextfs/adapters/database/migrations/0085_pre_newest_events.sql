-- What searches tell of the events that wait: read are the newest of an organization by their key, so many and no more,
-- however many wait and whatever the planner believes of tables that are empty in one moment and full in the next. Whose
-- projects an event is of is asked of what was read: as a policy, it would read on until enough of them pass.

create policy finds_events on contextfs.outbox for select to contextfs_search
using (org_id = (select contextfs.claim('org_id')::uuid));
create policy finds_events on contextfs.deliveries for select to contextfs_search
using (org_id = (select contextfs.claim('org_id')::uuid));
grant select (org_id, id, project_id, type, subject) on contextfs.outbox to contextfs_search;
grant select (org_id, consumer, event_id, event) on contextfs.deliveries to contextfs_search;

-- Among the newest events of the organization, `most` in the outbox and as many on their way to each consumer: those for
-- the consumers, each named with the noun in the types of its events, in the projects of the claims. Left out are `idle`
-- types.
create function contextfs.newest_events(consumers text [], nouns text [], idle text [], most integer)
returns table (consumer text, event_id uuid, subject text)
language plpgsql stable security definer parallel restricted
set search_path = pg_catalog, contextfs, public, pg_temp
set jit = off
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $$
#variable_conflict use_column
declare
    my_org uuid := contextfs.claim('org_id')::uuid;
    everywhere boolean := coalesce(contextfs.claim('all_projects') = 'on', false);
    my_projects text [] := coalesce(contextfs.claim('project_ids')::uuid [], '{}')::text [];
begin
    if my_org is null then
        raise exception 'newest_events needs the claims of a tenant' using errcode = '42501';
    end if;
    return query
    select w.consumer, o.id, o.subject::text
    from (
        select q.id, q.project_id, q.type, q.subject from contextfs.outbox as q
        where q.org_id = my_org
        order by q.id desc
        limit most
    ) as o
    join unnest(consumers, nouns) as w (consumer, noun) on w.noun = split_part(o.type, '.', 1)
    where o.type <> all(idle) and (everywhere or o.project_id is null or o.project_id::text = any(my_projects));
    return query
    select w.consumer, d.event_id, d.event ->> 'subject'
    from unnest(consumers) as w (consumer)
    cross join lateral (
        select q.event_id, q.event from contextfs.deliveries as q
        where q.org_id = my_org and q.consumer = w.consumer
        order by q.event_id desc
        limit most
    ) as d
    where coalesce(d.event ->> 'type', '') <> all(idle)
        and (everywhere or d.event ->> 'project_id' is null or d.event ->> 'project_id' = any(my_projects));
end
$$;
revoke all on function contextfs.newest_events from public;
grant execute on function contextfs.newest_events to contextfs_app;

-- Only its owner may replace a function, and a new owner must be able to create in the schema, for this moment.
grant contextfs_search to current_user;
grant create on schema contextfs to contextfs_search;
alter function contextfs.newest_events owner to contextfs_search;
revoke contextfs_search from current_user;
revoke create on schema contextfs from contextfs_search;
