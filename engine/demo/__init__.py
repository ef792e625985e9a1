"""Load the seed's units and generate the demo quarter through the real engine."""
