"""Questions from a published case: drafts to be read and changed, then put into a bank."""
