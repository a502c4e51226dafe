"""Web pages of the provider: what it is, what it holds, what it was asked. They only read."""
