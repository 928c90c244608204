"""Conformance both ways: of a receiver that somebody else built (`of_receiver`), and of a sender (`of_sender`).

Each cites the clauses of docs/feed/clauses.md, and comes to a result in one form (`result`).
"""
