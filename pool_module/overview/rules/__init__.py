<<<<<<< HEAD
"""What figures over several rooms mean; pure."""
=======
"""What a question means, and what follows from figures."""
>>>>>>> house
