"""What is shown of things, as tables of columns (view.py says what a view is)."""
