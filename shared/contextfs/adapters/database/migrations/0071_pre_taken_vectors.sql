-- Who makes vectors works outside of any transaction, so that no lock tells others what is being worked on: a batch is
-- taken for a while instead, by the id of the event that asks for it. Null: nobody has taken it.
alter table contextfs.vectors add column taken_by uuid, add column taken_until timestamptz;

-- As before; a passage whose text changed is free, whoever works on what it said before.
create or replace function contextfs.await_vectors() returns trigger
language plpgsql volatile
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('generations:' || new.org_id::text, 0));
    insert into contextfs.vectors (org_id, generation_id, passage_id, project_id)
    select g.org_id, g.id, new.id, new.project_id from contextfs.generations as g
    where g.org_id = new.org_id and g.state <> 'retired'
    on conflict (org_id, generation_id, passage_id) do update
    set said = null, embedding = null, taken_by = null, taken_until = null;
    return null;
end
$$;
