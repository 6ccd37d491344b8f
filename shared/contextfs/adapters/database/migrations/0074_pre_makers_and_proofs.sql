-- Who made a directory's token, and who said, or confirmed, whose word is taken as people sign in: what they vouch for is held
-- against what they may now. Null where it was made before this was noted, by code of before, or by a key that is nobody's.
alter table contextfs.scim_tokens add column made_by uuid;
alter table contextfs.sso_settings add column vouched_by uuid;

-- Memories that a session proved which did not teach them: few are, and a session that is read again asks for its own.
create index concurrently if not exists memories_proven on contextfs.memories (org_id, project_id)
where jsonb_array_length(provenance) > case when session_id is null then 0 else 1 end;
