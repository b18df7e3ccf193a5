"""The management API described in OpenAPI 3.1, out of the table of its resources.

`document.py` makes the description, `bodies.py` knows what requests carry, `parameters.py` what
paths and queries name.
"""
