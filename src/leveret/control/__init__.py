"""The node port: how leveretctl reaches a node, whatever its other listeners do.

cookie.py      the secret that both sides have
challenge.py   how each proves to the other that it has it
wire.py        frames that nobody without it can write
messages.py    what the frames say
client.py      the tool's side: plain blocking sockets
server.py      the node's side
verbs/         what can be asked, one function each
"""
