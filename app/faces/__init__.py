"""FACES: the weekly report as words, tables and pictures, all from the same figures. Knows no database, no door."""
