"""The verbs of `leveret`, one module each; the module and its command bear the verb's name."""
