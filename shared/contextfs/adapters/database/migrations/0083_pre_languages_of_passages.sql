-- Passages know in which languages their words have terms, beside English. What was made before any was set says none; so
-- does code from before this, which knows of none.
alter table contextfs.passages add column languages text not null default '';
comment on column contextfs.passages.languages is
'Codes of the languages, beside English, in whose forms its words are known: sorted, with commas between.';
