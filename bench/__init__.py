"""Comparisons with the broker that Leveret stands in for, on the machine at hand."""
