"""Frame by frame: what each broker answers to the same bytes."""
