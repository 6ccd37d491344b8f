-- Memories lie in a table of rows. Without rowids they lay in an index, of which a page holds no more than a kilobyte of
-- a row: what was longer took a page of its own beside it, and a database twice the room.
create table memories_as_rows (
    id text primary key not null,
    type text not null,
    title text,
    content text not null,
    tags text not null,
    fields text not null,
    heads text not null,
    version text not null,
    author text not null,
    session_id text,
    pinned integer not null,
    private integer not null,
    conflicted integer not null,
    deleted integer not null,
    fingerprint text not null,
    short text not null,
    path text not null,
    created text not null,
    updated text not null
);
insert into memories_as_rows select * from memories order by id;
drop table memories;
alter table memories_as_rows rename to memories;
create index memories_newest on memories (updated desc, id desc) where not deleted;
create index memories_fingerprint on memories (fingerprint) where not deleted;
create index memories_short on memories (short);
create index memories_path on memories (path collate nocase);
create index memories_state on memories (id, heads, deleted, private, conflicted);
create index memories_private on memories (id) where private;
