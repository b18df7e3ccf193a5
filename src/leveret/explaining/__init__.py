"""Where a message would go and why: what routing does without saying so, told step by step.

    steps.py: exchange by exchange, as broker/routing.py goes ─> verdicts.py: of each binding
                                                              └> telling.py: as JSON and as rows

Rule: nothing is published, and nothing that is asked here changes where anything goes.
"""
