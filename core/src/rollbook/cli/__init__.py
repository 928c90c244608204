"""What people type: every command, its wording, and the status with which it ends."""
