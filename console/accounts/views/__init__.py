"""Pages of settings, team, audit log and mailbox."""
