-- What looking first and adding then have taken the place of.

drop function contextfs.add_memory(jsonb, jsonb, text);
