"""Rows to a model folder: the training side of Discovery. It meets serving only in `models/`."""
