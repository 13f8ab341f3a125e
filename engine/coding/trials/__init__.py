"""A repository's commands tried once, for whoever names them: run, judged by what they tell, and told."""
