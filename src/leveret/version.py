"""The package's version: packaging, the command line and the wire read it from here."""

VERSION = "0.1.0"
