"""What is stored: the only place with SQL. Every statement is bound to one workspace."""
