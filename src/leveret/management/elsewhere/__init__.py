"""What one node shows and does of the others, over HTTP: asked of them, and put together here.

    request ─> Resource.among ─> a way (ways.py) ─> asking.py ══Peers══> desk.py ─> their handlers
                                     └─ rows.py, sums.py: what several have said becomes one answer

Rule: a node is asked as the user who asks here, and answers of what is its own alone.
"""
