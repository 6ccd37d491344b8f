-- What is presented comes with its hashes by all peppers, and is hashed anew toward the newest alone: these took one hash.
drop function contextfs.renew_hash(uuid, uuid, bytea, bytea [], text);
drop function contextfs.admit_key(uuid, uuid, bytea, timestamptz);
drop function contextfs.admit_invitation(uuid, uuid, bytea, timestamptz);
drop function contextfs.enter_login(uuid, uuid, bytea, timestamptz, interval, interval, interval);
drop function contextfs.enter_scim(uuid, uuid, bytea, timestamptz);
drop function contextfs.admit_token(uuid, uuid, bytea, timestamptz);
drop function contextfs.admit_grant(uuid, uuid, bytea, timestamptz);
