-- The topic of the chat that a goal was set in, where it is told of.
ALTER TABLE executor_goals ADD COLUMN thread INTEGER; -- NULL: outside topics
