-- Which classes of what tells who somebody is are taken out of a project's conversations and memories, beside secrets;
-- null: those that the installation takes out.
alter table contextfs.projects
add column personal text [] check (personal <@ array['email', 'phone', 'card', 'ssn']);
alter table contextfs.projects_history
add column personal text [];
