"""How far a checkpoint loads, the best first. Apart from layout.py: the supervisor imports no more than it needs."""

EXACT, APPROXIMATE, WEIGHTS_ONLY = GRADES = ("exact", "approximate", "weights-only")
