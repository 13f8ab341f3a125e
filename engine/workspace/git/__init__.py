"""Git by its command line: repositories looked at, a worktree for each goal, commits, comparisons, pushes.

Nothing in a repository makes a program run here, and nothing of the person's is touched: see `commands.py` for how.
"""
