-- The files of other tools as they were when they were read last, without secrets. A file has parts: its own bytes, and
-- what lay beside it. A part is a list of pieces, each kept once whatever files it stands in.

create table files (
    id integer primary key,
    tool text not null,
    path text not null,
    -- What a NUL stands for in this file's pieces: the session's own name, so that a fork's copied history is the same.
    name text not null,
    -- The tables of a database are kept as rows.
    is_rows integer not null,
    size integer not null,
    -- How many secrets were taken out of it.
    secrets integer not null,
    -- The reader that read it last, as `codex/1`; null from the moment that it is kept until it is read.
    read_by text,
    kept_at text not null,
    -- Not 0 while it is being kept: then another row of this path is what was kept before.
    draft integer not null,
    unique (tool, path, draft)
);

create table pieces (
    hash blob primary key,
    size integer not null,
    data blob not null,
    -- The rules for secrets that it was last looked through with.
    rules integer not null
);

create table parts (
    file integer not null references files (id),
    part text not null,
    place integer not null,
    piece blob not null references pieces (hash),
    primary key (file, part, place)
) without rowid;
create index parts_piece on parts (piece);
