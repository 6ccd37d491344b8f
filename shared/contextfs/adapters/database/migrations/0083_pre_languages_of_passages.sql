-- Passages know in which languages their words have terms, beside English. What was made before any was set says none; so
-- does what code from before this adds. What that writes over keeps its mark: languages are set where no such code runs.
alter table contextfs.passages add column languages text not null default '';
comment on column contextfs.passages.languages is
'Codes of the languages, beside English, in whose forms its words are known: sorted, with commas between.';
