"""Importers: lists that people have to rows of the catalogue, one module a source."""
