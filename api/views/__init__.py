"""Views, one module per concept: parse, call one service in one unit of work, dump."""
