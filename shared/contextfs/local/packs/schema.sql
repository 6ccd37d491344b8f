-- What was handed to conversations. Neither table holds a text of a memory.
create table if not exists packs (
    id text primary key,
    short text not null,
    created text not null,
    record text not null
) without rowid;
create index if not exists packs_newest on packs (created);
create index if not exists packs_short on packs (short);

create table if not exists recalls (memory_id text not null, day text not null, primary key (memory_id, day)) without rowid;
