"""What hostile scenarios do: to pages, values, replies, and to the service as a whole; the table is in `hostility`."""
