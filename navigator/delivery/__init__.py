"""Pushes to enterprises and what came of them: who gets what and why, how it goes out, what was answered, how good it was."""
