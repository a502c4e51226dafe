"""What the commands below `sis-connect partners` do."""
