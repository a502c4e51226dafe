"""The checks, a module for each part of the standard; each ends with its rows of the catalogue."""
