"""What people write reads as data: criteria, dates, numbers and words, and the order that they imply."""
