"""What a goal is and how it is carried to done. Imports nothing of ours, no aiogram, no SQL."""
