"""Between a goal and the method planner: criteria become tasks of a problem, and what was found becomes a plan."""
