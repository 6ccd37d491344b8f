-- What was kept of a chunk changes where what follows it shows that a secret began in it.

grant update (data) on contextfs.session_records to contextfs_app;
