"""The command line: ``wenzheng``. One module per group of commands; each command opens a unit of work and calls one service."""
