"""How requests travel: clients, rate limits and signing. Knows nothing of OneRoster or Schoology."""
