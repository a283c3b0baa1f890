"""What the data can carry: the availability report, the data floors, the recommended horizon."""
