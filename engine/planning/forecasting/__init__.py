"""When a goal will be done, how likely, and what will be in the way: Monte Carlo over its task graph."""
