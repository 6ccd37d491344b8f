-- A generation is of one organization: who knows the one knows the other. The planner took them for independent, expected
-- one vector where an organization has a thousand, and read all of them for each passage that was found.
create statistics contextfs.vectors_of_generations (dependencies)
on org_id, generation_id from contextfs.vectors;
analyze contextfs.vectors;
