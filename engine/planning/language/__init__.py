"""The method language: what a library of methods can say, and what makes it sound."""
