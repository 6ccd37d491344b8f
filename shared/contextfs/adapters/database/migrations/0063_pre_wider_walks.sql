-- A walk through a graph keeps the 200 nearest in mind, and not 100: among a million passages it then finds all ten of the
-- nearest, and not nine of ten, for a quarter more of the time. Naming a setting of pgvector needs the extension loaded.
select '[1]'::halfvec;
alter function contextfs.nearest_by_graph(
    uuid, uuid, uuid [], timestamptz, text [], text [], text [], uuid, text [], text, timestamptz, timestamptz, text [],
    text [], uuid, integer, halfvec, integer
) set hnsw.ef_search = 200;
