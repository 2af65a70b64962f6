"""What stands for the telephone network, and guards it."""
