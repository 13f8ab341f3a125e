"""Plans with a model's help: what it is asked, how its proposals are checked and compared, and what is kept of it."""
