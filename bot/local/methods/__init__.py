"""The methods of the Bot API that the simulator knows: a table, and functions by what they do."""
