-- Sessions that a person removed, by their id and by their tool's id for them: no word of what was said.
create table removed_sessions (
    id text primary key,
    tool text not null,
    external_id text,
    removed_at text not null
) without rowid;
create index removed_sessions_external on removed_sessions (tool, external_id);
