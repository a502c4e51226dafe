"""The sandbox in a browser: what a roster looks like once it has arrived."""
