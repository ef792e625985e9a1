"""Write the documents that leave the system; reads through the services."""
