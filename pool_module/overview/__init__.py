"""What people see at a glance over several rooms; it reads, and writes nothing."""
