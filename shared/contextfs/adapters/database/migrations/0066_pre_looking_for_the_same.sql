-- A memory is looked for while what is to be added is made, and added while its reply is: two steps, where it was one.

-- Give the memory of a project that says the same already, for the same readers; null where there is none. Whoever is about
-- to add the same text waits for the end of this transaction, so that it is added once. Where nobody chose its type, one of any
-- type that has the same `gist` is the same: the types of the project are read by leaps over their index, and a fingerprint is
-- made of each.
create function contextfs.same_memory(in_project uuid, said text, for_readers text, gist text) returns uuid
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
    same uuid;
begin
    perform pg_advisory_xact_lock(hashtextextended(concat(in_project, said, for_readers), 0));
    if gist is null then
        with alike as materialized (
            select m.id, m.created_at from contextfs.memories as m
            where m.project_id = in_project and m.fingerprint = said and m.visibility = for_readers and not m.deleted
        )
        select a.id into same from alike as a order by a.created_at limit 1;
    else
        with recursive types as (
            (
                select m.type from contextfs.memories as m
                where m.project_id = in_project and not m.deleted order by m.type limit 1
            )
            union all
            select (
                select m.type from contextfs.memories as m
                where m.project_id = in_project and not m.deleted and m.type > t.type order by m.type limit 1
            )
            from types as t where t.type is not null
        ),
        alike as materialized (
            select m.id, m.created_at from contextfs.memories as m
            where m.project_id = in_project and m.visibility = for_readers and not m.deleted
            and m.fingerprint = any(array(
                select left(encode(sha256(convert_to(concat(t.type, chr(10), gist), 'UTF8')), 'hex'), 32)
                from types as t where t.type is not null
            ))
        )
        select a.id into same from alike as a order by a.created_at limit 1;
    end if;
    return same;
end
$$;
revoke all on function contextfs.same_memory(uuid, text, text, text) from public;
grant execute on function contextfs.same_memory(uuid, text, text, text) to contextfs_app;
