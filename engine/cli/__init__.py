"""The command line: ``wenzheng``. One module per group; a command opens a unit of work and calls one service."""
