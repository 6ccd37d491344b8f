-- Whether every project is open is told once a statement, not once a row: `(select claim) = 'on'` compares two texts for each
-- row that is looked at, `(select claim = 'on')` asks for a value that is there. What a policy lets pass stays the same.
do $$
declare
    told constant text := '\(\(\s*SELECT (contextfs\.\w+)\(''all_projects''::text\) AS \w+\) = ''on''::text\)';
    once constant text := '(select \1(''all_projects'') = ''on'')';
    own record;
begin
    for own in
        select p.tablename, p.policyname, p.qual, p.with_check
        from pg_policies as p where p.schemaname = 'contextfs' and concat(p.qual, p.with_check) ~ told
        order by p.tablename, p.policyname
    loop
        execute format(
            'alter policy %I on contextfs.%I using (%s)', own.policyname, own.tablename, regexp_replace(own.qual, told, once)
        );
        if own.with_check is not null then
            execute format(
                'alter policy %I on contextfs.%I with check (%s)', own.policyname, own.tablename,
                regexp_replace(own.with_check, told, once)
            );
        end if;
    end loop;
end
$$;
