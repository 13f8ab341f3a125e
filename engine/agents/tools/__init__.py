"""What agents can use: the web, notes and files of their goal, and servers that the operator lists (MCP).

Each tool works on the goal of its run alone: which one that is comes from the run, never from the model's arguments.
"""
