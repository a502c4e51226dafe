"""A world to try SIS Connect in: a Schoology look-alike and seeded districts. Never imported by the product's steps."""
