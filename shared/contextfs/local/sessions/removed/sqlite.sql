-- name: remember
-- Note that a session was removed.
insert into removed_sessions (id, tool, external_id, removed_at) values (:id, :tool, :external_id, :removed_at)
on conflict (id) do nothing

-- name: is_removed
-- Whether a session was removed, by its id or by its tool's id for it, and nobody captured it anew since.
select 1 as is_so from removed_sessions
where (id = :id or (tool = :tool and external_id = :external_id))
    and not exists (select 1 from sessions as s where s.id = removed_sessions.id)
limit 1
