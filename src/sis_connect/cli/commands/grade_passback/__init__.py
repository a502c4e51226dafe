"""The commands of `sis-connect grades`."""
