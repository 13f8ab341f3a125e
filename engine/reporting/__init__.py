"""What people are told: notices, digests, and the monitor that keeps promises about time."""
