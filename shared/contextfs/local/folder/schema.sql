-- Whether somebody else named a file: it keeps that name. Else it is called as we name it. Older stores keep all names.
alter table files add column found integer not null default 1;
