"""The command line: `leveret`, and one module under commands/ for each of its verbs."""
