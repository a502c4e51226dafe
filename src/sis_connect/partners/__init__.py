"""What is known of each SIS partner: profiles as data files, quirks by name, and what a district must still enter."""
