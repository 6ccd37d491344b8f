-- The graph, a projection of the memories like the passages of search, made and remade with them. Times are
-- microseconds since 1970.

drop table if exists mentions;
drop table if exists edges;

create table mentions (
    memory_id text not null,
    kind text not null,
    key text not null,
    entity text not null,
    name text not null,
    whole text,
    weight real not null,
    valid_from integer not null,
    valid_to integer,
    expires integer,
    primary key (memory_id, kind, key)
) without rowid;
create index mentions_entity on mentions (entity, valid_from);
create index mentions_key on mentions (key);
create index mentions_whole on mentions (whole) where whole is not null;

create table edges (
    memory_id text not null,
    source text not null,
    relation text not null,
    target text not null,
    valid_from integer not null,
    valid_to integer,
    expires integer,
    primary key (memory_id, source, relation, target)
) without rowid;
create index edges_source on edges (source);
create index edges_target on edges (target);
