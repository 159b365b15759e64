"""Events into the database, counted exactly."""
