"""School classes that take part by codes: the class, its seats, the sheet for the teacher, and the door `/klasse`.

What a pupil does without, and where they take part, is one rule in `people.pupils`; what they give is a contribution like any other.
"""
