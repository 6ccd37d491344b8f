-- The local database. `revisions` is the truth, a set that only grows; `memories` shows the view of each set.

create table marks (name text primary key, value text not null) without rowid;

create table memories (
    id text primary key,
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
) without rowid;
create index memories_newest on memories (updated desc, id desc) where not deleted;
create index memories_fingerprint on memories (fingerprint) where not deleted;
create index memories_short on memories (short);
create index memories_path on memories (path collate nocase);
-- What `ctx status` asks of every memory, without their texts.
create index memories_state on memories (id, heads, deleted, private, conflicted);
create index memories_private on memories (id) where private;

create table revisions (
    memory_id text not null,
    id text not null,
    parents text not null,
    fields text not null,
    author text not null,
    clock text not null,
    sent integer not null default 0,
    -- A deletion that was concluded from a missing file: the file brings the memory back.
    from_absence integer not null default 0,
    primary key (memory_id, id)
) without rowid;
create index revisions_unsent on revisions (memory_id, sent) where not sent;

-- What each working tree's files looked like when we last read or wrote them, and which revisions they show.
create table files (
    tree text not null,
    path text not null,
    memory_id text not null,
    size integer not null,
    mtime integer not null,
    looked integer not null,
    hash text not null,
    base text not null,
    problem text,
    primary key (tree, path)
) without rowid;
create index files_memory on files (memory_id, tree);

-- Files that have to be brought into step: written in the transaction of the revision, cleared when the file is safe.
-- `owner` is the process that means to do it: when it runs no more, it was interrupted.
create table intents (
    tree text not null,
    memory_id text not null,
    owner integer not null default 0,
    primary key (tree, memory_id)
) without rowid;

-- Memories that search has not looked at since they changed.
create table dirty (memory_id text primary key) without rowid;
