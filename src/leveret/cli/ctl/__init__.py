"""leveretctl: rabbitmqctl's commands, for a Leveret.

    main.py        finds the command, runs it, ends with its exit code
    names.py       which module has which command: a command is found without importing the others
    command.py     what a command is
    parsing.py     words into a command and its options, as rabbitmqctl reads them
    finding.py     where the node is
    asking.py      the question to the node, and what comes back
    output.py      table, pretty_table, json, json_stream, csv, tsv
    erlang.py      values as rabbitmqctl's tables show them
    refusals.py    every way it can fail: text and exit code
    help.py        usage and help
    absent.py      rabbitmqctl's commands that make no sense here, and what to take instead

The rest are the commands, one module for each group.
"""
