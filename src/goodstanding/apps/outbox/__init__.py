"""What is told to people and systems: written with the decision that made it, sent later, and kept with every attempt."""
