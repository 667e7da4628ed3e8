"""The guided start of a real organisation: what is there already, and what comes next."""
