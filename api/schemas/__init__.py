"""What goes in and out, one module per concept."""
