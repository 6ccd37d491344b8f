-- Direct SQL: bounds that cost nothing where there is nothing to bound. What kind of value stands there, Postgres knows and the
-- guard does not; so a function of this name is chosen by it. Each is one expression, which Postgres puts in its place.

create function contextfs_now.limited(value anynonarray, most integer) returns anynonarray
language sql immutable parallel safe as $$ select value $$;
create function contextfs_now.limited(value smallint, most integer) returns smallint
language sql immutable parallel safe as $$ select value $$;
create function contextfs_now.limited(value integer, most integer) returns integer
language sql immutable parallel safe as $$ select value $$;
create function contextfs_now.limited(value bigint, most integer) returns bigint
language sql immutable parallel safe as $$ select value $$;
create function contextfs_now.limited(value real, most integer) returns real
language sql immutable parallel safe as $$ select value $$;
create function contextfs_now.limited(value double precision, most integer) returns double precision
language sql immutable parallel safe as $$ select value $$;

-- A number has no more than two digits in a byte, beside its head; a text is as long as it says.
create function contextfs_now.limited(value numeric, most integer) returns numeric
language sql volatile parallel unsafe as $$
    select case when 2 * pg_catalog.pg_column_size(value) > most then contextfs_now.weighed(value, most) else value end
$$;
create function contextfs_now.limited(value text, most integer) returns text
language sql volatile parallel unsafe as $$
    select case when pg_catalog.octet_length(value) > most then contextfs_now.weighed(value, most) else value end
$$;

-- Keys are taken out of JSON: each of the list is looked for in all of it.
create function contextfs_now.limited(value jsonb, most integer) returns jsonb
language sql volatile parallel unsafe as $$ select contextfs_now.weighed(value, most) $$;
create function contextfs_now.limited(value text[], most integer) returns text[]
language sql volatile parallel unsafe as $$ select contextfs_now.weighed(value, most) $$;

do $$
declare
    one regprocedure;
begin
    for one in
        select p.oid from pg_proc as p
        where p.pronamespace = 'contextfs_now'::regnamespace and p.proname = 'limited'
    loop
        execute format('revoke all on function %s from public', one);
        execute format('grant execute on function %s to contextfs_sql', one);
    end loop;
end
$$;
