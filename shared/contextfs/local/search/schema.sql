-- What search looks through. All of it can be made again: these statements begin by clearing what an older ctx made.
-- Vectors stay: they are known by the text that they stand for.

drop table if exists passage_vocabulary;
drop table if exists passage_words;
drop table if exists passage_texts;
drop table if exists passages;
drop table if exists unembedded;
drop table if exists indexed_sessions;

-- What a search filters and ranks by; times are microseconds since 1970.
create table passages (
    id integer primary key,
    source text not null,
    source_id text not null,
    session_id text,
    ordinal integer not null,
    starts integer not null,
    ends integer not null,
    length integer not null,
    type text not null,
    tags text not null,
    tool text,
    branch text,
    author text not null,
    trust real not null,
    pinned integer not null,
    -- Of a memory; who may see what was said, the settings and the session tell when it is asked for.
    visibility text,
    sensitivity text,
    occurred integer not null,
    expires integer,
    -- Of what was said: its place in its session, the role of who said it, and their name between people.
    place integer,
    role text,
    speaker text,
    fingerprint text not null,
    hash blob not null
);
create unique index passages_source on passages (source_id, ordinal);
create index passages_place on passages (session_id, place) where session_id is not null;
create index passages_expiring on passages (expires) where expires is not null;
create index passages_hash on passages (hash);

-- What it says, and its terms with a space between them, as often as they occur.
create table passage_texts (
    id integer primary key,
    context text not null,
    body text not null,
    terms text not null
);

-- Each term is one token: `ascii` takes every other script as letters, and here every mark but the double quote too.
create virtual table passage_words using fts5 (
    terms, content = 'passage_texts', content_rowid = 'id',
    tokenize = 'ascii tokenchars ''!#$%&()*+,-./:;<=>?@[\]^_`{|}~'''''''
);
create virtual table passage_vocabulary using fts5vocab ('passage_words', 'row');

-- Passages that have no vector yet.
create table unembedded (id integer primary key);

create trigger passage_made after insert on passage_texts begin
    insert into passage_words (rowid, terms) values (new.id, new.terms);
    insert into unembedded (id) values (new.id);
end;
create trigger passage_gone after delete on passages begin
    insert into passage_words (passage_words, rowid, terms)
    select 'delete', t.id, t.terms from passage_texts as t where t.id = old.id;
    delete from passage_texts where id = old.id;
    delete from unembedded where id = old.id;
end;

-- What the passages of a session were made with: when it changes, they are made anew. `speakers` is a list of names.
create table indexed_sessions (
    session_id text primary key,
    label text not null,
    speakers text not null
) without rowid;

-- Which file holds the vectors of a model, and in which of its rows the vector of a text is, with the row's CRC-32.
create table if not exists matrices (model text primary key, file text not null, dimensions integer not null) without rowid;
create table if not exists vectors (
    model text not null,
    hash blob not null,
    row integer not null,
    crc integer not null,
    primary key (model, hash)
) without rowid;
create unique index if not exists vectors_row on vectors (model, row);
