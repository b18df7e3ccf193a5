"""The load generator: `leveret perf` against any AMQP 0-9-1 broker.

Each producer and each consumer is a process of its own (`worker`), started, watched and stopped
by the `crew`; what they count lies in memory that all of them see (`counters`), so that rates are
taken from one clock. A scenario (`scenarios/<name>.py`) says what is declared and what is measured
and gives back a `result`.
"""
