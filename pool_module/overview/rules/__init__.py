"""What figures over several rooms mean; pure."""
