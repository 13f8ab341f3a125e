"""What people read: pure functions from values to rendered messages."""
