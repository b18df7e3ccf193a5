"""The routes: each module lists its `RESOURCES`, and api.py all of them."""
