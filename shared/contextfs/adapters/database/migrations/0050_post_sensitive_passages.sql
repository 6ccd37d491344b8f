-- What is indexed already learns how sensitive it is; and the functions without these filters go, for nothing calls them.

alter table contextfs.passages no force row level security;
alter table contextfs.memories no force row level security;
alter table contextfs.sessions no force row level security;
update contextfs.passages as p
set sensitivity = m.sensitivity
from contextfs.memories as m
where p.org_id = m.org_id and p.memory_id = m.id and p.sensitivity is distinct from m.sensitivity;
update contextfs.passages as p
set sensitivity = s.sensitivity
from contextfs.sessions as s
where p.org_id = s.org_id and p.session_id = s.id and p.source = 'message'
and p.sensitivity is distinct from s.sensitivity;
alter table contextfs.passages force row level security;
alter table contextfs.memories force row level security;
alter table contextfs.sessions force row level security;

grant contextfs_search to current_user;
drop function contextfs.find_passages(
    integer [], integer [], halfvec, text, integer, uuid [], text [], text [], text [], uuid, text [], text, timestamptz,
    timestamptz, timestamptz
);
revoke contextfs_search from current_user;
drop function contextfs.nearest_by_graph(
    uuid, uuid, uuid [], timestamptz, text [], text [], text [], uuid, text [], text, timestamptz, timestamptz,
    uuid, integer, halfvec, integer
);
drop function contextfs.estimate_passages(
    uuid, uuid, uuid [], timestamptz, text [], text [], text [], uuid, text [], text, timestamptz, timestamptz
);
drop function contextfs.seen_passages(
    uuid, uuid, uuid [], timestamptz, text [], text [], text [], uuid, text [], text, timestamptz, timestamptz
);
