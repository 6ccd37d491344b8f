-- Revisions that the server would not take, and why: they stay here, and are not sent again.
create table refused (
    memory_id text not null,
    id text not null,
    reason text not null,
    primary key (memory_id, id)
) without rowid;
