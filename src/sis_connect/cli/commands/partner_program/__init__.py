"""What each command below `sis-connect partners` takes, and its help."""
