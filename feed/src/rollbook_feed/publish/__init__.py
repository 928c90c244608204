"""Writes the feed down: OpenAPI, JSON Schema and the pages of docs/feed/, all from the schemas. `make feed`.

Needs the extra `publish`; neither end of the feed needs it.
"""
