"""Why a rule says what it says of one pupil: figures, sessions, values, law, and what would change the answer.

Nothing here judges: every "what if" is the rule itself, asked of the same register with other marks.
"""
