"""The rows of the table of hostile scenarios, by what they are about; `hostility` joins them."""
