"""What people say to the model, where there is one."""
