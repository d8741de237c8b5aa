"""Companies of a pool and their people: kept, proved, paid, left."""
