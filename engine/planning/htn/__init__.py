"""The hierarchical task network planner: a method language, the search for the best plans, and their graphs."""
