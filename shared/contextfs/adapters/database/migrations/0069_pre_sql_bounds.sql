-- Direct SQL: how much one query may build. Postgres bounds no value below a gigabyte, so the guard puts these functions
-- around what makes much of little. They are volatile, so that no subquery with one is copied to each place of its use.

-- Give a value back that is joined with others; an error where it has more bytes than it may. Of what is too large as it
-- is stored, no text is made to look.
create function contextfs_now.weighed(value anyelement, most integer) returns anyelement
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $$
begin
    if (case when pg_column_size(value) > most then true else octet_length(value::text) > most end) then
        raise exception 'a value of more than % bytes is put together with others here: take a part of it', most
        using errcode = '22023';
    end if;
    return value;
end
$$;

-- Give a value back of many that are gathered in one; an error where all that this query gathers has too many bytes.
create function contextfs_now.gathered(value anyelement, most integer) returns anyelement
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $$
declare
    so_far bigint := coalesce(nullif(current_setting('app.gathered', true), '')::bigint, 0)
    + 32 + coalesce(case when pg_column_size(value) > most then most else octet_length(value::text) end, 0);
begin
    if so_far > most then
        raise exception 'more than % bytes are gathered here: filter more, or gather a part of each', most
        using errcode = '22023';
    end if;
    perform set_config('app.gathered', so_far::text, true);
    return value;
end
$$;

-- Give a text back in which each place of another one is replaced, each place at all where that is null; an error where
-- what comes of it may have more bytes than it may.
create function contextfs_now.grown(value text, sought text, put text, most integer) returns text
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $$
begin
    if octet_length(value) + (octet_length(value)::bigint / greatest(octet_length(sought), 1) + 1) * octet_length(put) > most
    then
        raise exception 'what is replaced here may have more than % bytes: put less in its place', most
        using errcode = '22023';
    end if;
    return value;
end
$$;

-- As much for a list whose elements are written with a text between each two.
create function contextfs_now.spread(value anyarray, put text, most integer) returns anyarray
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $$
begin
    if octet_length(value::text) + cardinality(value)::bigint * octet_length(put) > most then
        raise exception 'this list with what stands between its elements may have more than % bytes: take a part of it', most
        using errcode = '22023';
    end if;
    return value;
end
$$;

-- An error where a row of an answer has more bytes than any answer.
create function contextfs_now.fits(bytes bigint, most integer) returns boolean
language plpgsql volatile parallel unsafe
set search_path = pg_catalog, pg_temp
as $$
begin
    if bytes > most then
        raise exception 'one row has more than % bytes: ask for a part of its columns or texts', most
        using errcode = '22023';
    end if;
    return true;
end
$$;

revoke all on function contextfs_now.weighed(anyelement, integer), contextfs_now.gathered(anyelement, integer),
contextfs_now.grown(text, text, text, integer), contextfs_now.spread(anyarray, text, integer),
contextfs_now.fits(bigint, integer) from public;
grant execute on function contextfs_now.weighed(anyelement, integer), contextfs_now.gathered(anyelement, integer),
contextfs_now.grown(text, text, text, integer), contextfs_now.spread(anyarray, text, integer),
contextfs_now.fits(bigint, integer) to contextfs_sql;

-- Files for what does not fit into memory. Only a superuser, or who was granted it, may set this; elsewhere the server's
-- own limit holds.
do $$
begin
    alter role contextfs_sql set temp_file_limit = '1GB';
exception when insufficient_privilege then
    null;
end
$$;
