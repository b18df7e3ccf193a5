"""What an administrator asks for: files of requests, one a line, in the order they are made.

    [difference: status |] METHOD path [body]

A line whose answers may differ says which of ADMIN_DIFFERENCES it is (differences.py), and what
Leveret answers. `{node}` stands for the node's name. All names begin with `ad-`; every topic
cleans up.
"""

from pathlib import Path

TOPICS = {
    path.stem: path.read_text()
    for path in sorted((Path(__file__).parent / "admin_requests").glob("*.txt"))
}
