"""Step shape: the district's rules turn OneRoster records into what the LMS should hold."""
