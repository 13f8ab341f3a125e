"""Reading and changing the files of one working tree: nothing outside it is reached, nothing in it is half changed."""
