"""RabbitMQ's management HTTP API.

    port.py       the sockets; who comes first makes the server
    serving.py    Starlette on uvicorn: from an HTTP request to a Call, from an Answer to octets
    resource.py   what a route is: a path, who may ask, one function for each method
    routes/       the routes, one file for each kind of thing
    views/        what is shown of a thing: a table of columns

Rule: nothing here runs before the first request, and no answer holds the loop for longer than a
slice (listing.py): messages come first.
"""
