"""The works that carry out code goals."""
