"""The conformance kit: what it means that a plugin keeps the contract, as checks that can each fail."""
