"""What must be sent: messages with a key, revisions and a state, so that nothing is said twice or left unsaid.

Pure: `compose.compose` says which messages a case needs beside those already there; `state` which states follow which.
"""
