"""What the commands of `sis-connect grades` do."""
