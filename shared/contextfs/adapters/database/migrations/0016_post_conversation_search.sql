-- The search before conversations were read as one: nothing calls it any more.
drop function contextfs.search_passages;
