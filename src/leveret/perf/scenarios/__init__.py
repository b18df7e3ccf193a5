"""One scenario a module: what it declares, what it measures, what it gives back."""
