"""Papers: what an exam asks, how it is drawn, who may sit it and when, what is shown of it."""
